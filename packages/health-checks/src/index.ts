export {
  type Answer,
  apply,
  type Check,
  type Clock,
  type Context,
  CutoverError,
  type CutoverEvent,
  type Duration,
  isCutoverError,
  type Status,
  systemClock,
  waitFor,
  type WaitOptions,
} from '@cutover/core'
export {
  capacity,
  type CapacityEvidence,
  type CapacityOptions,
  type CapacityRow,
  type QuotaSource,
} from './before-the-night/capacity.ts'
export type { Carrier, HostingPlan } from './before-the-night/hosting-plan.ts'
export type { PeaksSource, WorkloadPeaks } from './before-the-night/workload-peaks.ts'
export type { RouteRequests, RouteSample } from './before-the-night/ask-routes.ts'
export {
  type GatewayRoute,
  type GatewayRoutes,
  type RouteRow,
  routesMatch,
  type RoutesMatchEvidence,
  type RoutesMatchOptions,
  type TargetRoute,
  type TargetRoutes,
} from './before-the-night/routes-match.ts'
export type { CountBucket, CountSource } from './count-source.ts'
export {
  type BoundFunction,
  type Canary,
  type ConsumerRow,
  consumersBound,
  type ConsumersBoundEvidence,
  type ConsumersBoundOptions,
  type FunctionHost,
  type Sighting,
} from './discrepancies/consumers-bound.ts'
export { type AliasResolver, dnsAnswers, type DnsAnswersOptions } from './discrepancies/dns-answers.ts'
export {
  memoryHeadroom,
  type MemoryHeadroomEvidence,
  type MemoryHeadroomOptions,
  type PeakMemory,
} from './discrepancies/memory-headroom.ts'
export { reportedMemory } from './discrepancies/reported-memory.ts'
export {
  type AllowedEndpoint,
  type EndpointRow,
  noLegacyEndpoints,
  type NoLegacyEndpointsEvidence,
  type NoLegacyEndpointsOptions,
  type Outbound,
} from './discrepancies/no-legacy-endpoints.ts'
export {
  requiredSettings,
  type RequiredSettingsEvidence,
  type RequiredSettingsOptions,
  type SettingRow,
} from './discrepancies/required-settings.ts'
export type { Settings, SettingsSource } from './discrepancies/settings-source.ts'
export {
  type AlignmentRow,
  type ConfigurationSource,
  standbyAligned,
  type StandbyAlignedEvidence,
  type StandbyAlignedOptions,
} from './discrepancies/standby-aligned.ts'
export { type AbsoluteGuard, badShare, burnRate, type BurnRateOptions } from './gate/absolute-guard.ts'
export type { GateMetric } from './gate/gate-metric.ts'
export type { HealthGateOptions, Reference } from './gate/gate-options.ts'
export { type GateContext, type HealthGate, healthGate } from './gate/health-gate.ts'
export type { GateRules, Look, MetricLook } from './gate/judge.ts'
export { type LatencyMeasure, measureLatency, type MeasureLatencyOptions } from './gate/measure-latency.ts'
export { type MeasureOptions, measureSource, type SourceMeasure } from './gate/measure-source.ts'
export type { Method, MetricRules, Row, SharedRules } from './gate/metric-judge.ts'
export { type GatePlan, planGate, type PlanGateOptions } from './gate/plan-gate.ts'
export {
  type RequestCounts,
  requestCounts,
  type RequestCountsOptions,
  type RequestSeen,
} from './gate/request-counts.ts'
export { type GateSnapshot, replayGate } from './gate/snapshot.ts'
export type { Guarantee, MetricEvidence, RatioRange, UndecidedReason, Verdict } from './gate/verdict.ts'
export type { Alarm, AlarmSource } from './green/alarm-source.ts'
export { alarmsGreen, type AlarmsGreenEvidence, type AlarmsGreenOptions, type AlarmSeen } from './green/alarms-green.ts'
export {
  alertsCover,
  type AlertsCoverEvidence,
  type AlertsCoverOptions,
  type CoverageRow,
} from './green/alerts-cover.ts'
export type { Waived, Waiver } from './green/waiver.ts'
export type { HealthErrorCode } from './health-error.ts'
export type { HttpExpectations } from './http-expectations.ts'
export type { HttpEvidence } from './http-answer.ts'
export { httpProbe, type HttpProbeOptions } from './http-probe.ts'
export type {
  Certificate,
  HttpFailure,
  HttpMethod,
  HttpReply,
  HttpRequest,
  HttpResponse,
  HttpTransport,
  Peer,
  WritingMethod,
} from './http-transport.ts'
export { type NOfMEvidence, nOfM, type NOfMOptions } from './n-of-m.ts'
export { nodeTransport } from './node-transport.ts'
export type { ProbeTarget } from './probe-target.ts'
export {
  command,
  type CommandEvidence,
  type CommandOptions,
  type CommandOutput,
  type CommandVerdict,
} from './probes/command.ts'
export type { CommandOutcome, CommandRequest, CommandRunner, Output } from './probes/command-runner.ts'
export type { ConnectEvidence } from './probes/connect-within.ts'
export type { ChainLink, Connected, Connector, ConnectReply, ConnectRequest } from './probes/connector.ts'
export { nodeCommandRunner } from './probes/node/node-command-runner.ts'
export { nodeConnector } from './probes/node/node-connector.ts'
export { retried, type RetriedEvidence, type RetriedOptions, type RetryLike } from './probes/retried.ts'
export { tcpProbe, type TcpProbeOptions } from './probes/tcp-probe.ts'
export type { TestSummary } from './probes/test-summary.ts'
export { type TlsEvidence, tlsProbe, type TlsProbeOptions } from './probes/tls-probe.ts'
export type { CaseRow, CheckCase, FunctionalCase, RequestCase } from './run-phase/functional-case.ts'
export {
  type ComponentRow,
  type FunctionalEvidence,
  functionalSuite,
  type FunctionalSuiteOptions,
} from './run-phase/functional-suite.ts'
export {
  type BrokenDependencyEvidence,
  type BrokenDependencyOptions,
  dependencyRefused,
  type DependencyRefusedOptions,
  slowDependency,
  type SlowDependencyOptions,
} from './run-phase/failure/broken-dependency.ts'
export type { EditableSettings } from './run-phase/failure/editable-settings.ts'
export {
  type FaultBefore,
  faultSetting,
  type FaultSettingOptions,
  mendSetting,
} from './run-phase/failure/fault-setting.ts'
export {
  type PoisonEvidence,
  poisonMessage,
  type PoisonMessageOptions,
  type PoisonQueue,
} from './run-phase/failure/poison-message.ts'
export {
  type Restartable,
  type RestartEvidence,
  restartUnderLoad,
  type RestartUnderLoadOptions,
} from './run-phase/failure/restart-under-load.ts'
export type { ColdStarts } from './run-phase/cold-starts.ts'
export type { LoadBudget } from './run-phase/load-budget.ts'
export type { LoadRequest, LoadSide } from './run-phase/load-request.ts'
export type { SideLoad } from './run-phase/loaded-side.ts'
export type { LoadTestOptions } from './run-phase/load-options.ts'
export { loadTest } from './run-phase/load-test.ts'
export type { LoadEvidence } from './run-phase/load-verdict.ts'
export { type KeptConnections, keptConnections } from './run-phase/node/kept-connections.ts'
export type { RunRequest } from './run-phase/run-target.ts'
export { probeCounts, type ProbeCounts, type ProbeCountsOptions } from './sources/probe-counts.ts'
export { countsArrive, type CountsArriveEvidence, type CountsArriveOptions } from './sources/counts-arrive.ts'
export { dataAsOf } from './sources/count-buckets.ts'
export type { SourceErrorCode } from './sources/service-error.ts'
export { type Shadow, shadow, type ShadowOptions } from './shadow/shadow.ts'
export type { FieldReport, ShadowReport } from './shadow/shadow-report.ts'
