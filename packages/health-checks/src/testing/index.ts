export { inMemoryAlarms, type InMemoryAlarms } from './in-memory-alarms.ts'
export { type CountedSide, countSourceConformance } from './count-source-conformance.ts'
export {
  inMemoryAzureMonitor,
  type InMemoryAzureMonitor,
  type InMemoryAzureMonitorOptions,
} from './in-memory-azure-monitor.ts'
export {
  inMemoryCloudWatch,
  type InMemoryCloudWatch,
  type InMemoryCloudWatchOptions,
  type RecordedMetric,
} from './in-memory-cloudwatch.ts'
export {
  type FakeAnswer,
  type FakeRequest,
  type HostState,
  type InMemoryHost,
  inMemoryHosts,
  type InMemoryHosts,
  type ServeOptions,
} from './in-memory-hosts.ts'
export {
  inMemoryPoisonQueue,
  type InMemoryPoisonQueue,
  type InMemoryPoisonQueueOptions,
} from './in-memory-poison-queue.ts'
export { inMemorySettings, type InMemorySettings } from './in-memory-settings.ts'
export { type InMemoryCounts, inMemoryCounts, type InMemoryCountsOptions } from './in-memory-counts.ts'
export {
  type Degradation,
  type ScriptedTraffic,
  scriptedTraffic,
  type ScriptedTrafficOptions,
} from './scripted-traffic.ts'
export { type SeededRandom, seededRandom } from './seeded-random.ts'
