export { armError, notImplemented, resourceNotFound } from './arm-error.ts'
export { costManagement, type CostManagementOptions } from './cost-management/cost-management.ts'
export type { CostCharge, CostMachine } from './cost-management/cost-machine.ts'
export type { QueryLimits } from './cost-management/query-quota.ts'
export type { Complaint, Descriptions, Exchange } from './descriptions.ts'
export type { DnsRecordSet, DnsRecordType, DnsZoneMachine } from './dns/dns-zone-machine.ts'
export { dnsZones, type DnsZonesOptions } from './dns/dns-zones.ts'
export { everyFaultKind, type Fault, type FaultKind, type FaultOptions, type Refusal } from './fault.ts'
export { localAzure, type LocalAzure, type LocalAzureOptions } from './local-azure.ts'
export { type LocalAzureCredential, localAzureCredential } from './local-azure-credential.ts'
export type { LocalAzureErrorCode } from './local-azure-error-code.ts'
export { type LocalAzurePolicy, localAzurePolicy, type PolicyRequest } from './local-azure-policy.ts'
export type { ActionGroup, AlertMachine, AlertRule, FiredAlert } from './monitor/alert-machine.ts'
export type { LogMachine, LogTable } from './monitor/log-machine.ts'
export type { MetricAggregation, MetricDefinition, MetricMachine } from './monitor/metric-machine.ts'
export { monitor, type MonitorOptions } from './monitor/monitor.ts'
export type { Answer, ArmRequest, DataPlane, LongRunning, Method, Operation, Provider } from './provider.ts'
export type { RequestRecord } from './request-log.ts'
export {
  type CertificateMachine,
  certificates,
  type CertificatesOptions,
  type SiteCertificate,
} from './certificates/certificates.ts'
export type { AppServiceRefusal } from './sites/app-service-refusal.ts'
export type { HostNameBinding, HostNames } from './sites/host-name-binding.ts'
export type { SiteMachine } from './sites/site-machine.ts'
export { sites, type SitesOptions } from './sites/sites.ts'
export type {
  TrafficManagerEndpointState,
  TrafficManagerEndpointType,
  TrafficManagerProfileMachine,
  TrafficManagerProfileState,
} from './traffic-manager/traffic-manager-machine.ts'
export {
  trafficManagerProfiles,
  type TrafficManagerProfilesOptions,
} from './traffic-manager/traffic-manager-profiles.ts'
