export { insightsMemory, type InsightsMemoryOptions } from './insights-memory.ts'
export type { LambdaSettingsLike } from './lambda-like.ts'
export { lambdaSettings, type LambdaSettingsOptions } from './lambda-settings.ts'
