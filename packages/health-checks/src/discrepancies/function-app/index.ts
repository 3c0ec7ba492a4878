export { regionalQuotas, type RegionalQuotasOptions, type UsagesLike } from '../../before-the-night/regional-quotas.ts'
export { functionAppConfiguration } from './function-app-configuration.ts'
export { functionAppHost, type FunctionAppHostOptions } from './function-app-host.ts'
export type { FunctionAppLike, FunctionLike } from './function-app-like.ts'
export type { FunctionAppOptions } from './function-app-reader.ts'
export { functionAppRoutes, type FunctionAppRoutesOptions } from './function-app-routes.ts'
export { functionAppSettings } from './function-app-settings.ts'
export { functionHostStatus, type FunctionHostStatusOptions } from './function-host-status.ts'
export {
  type EditableAppLike,
  editableAppSettings,
  type EditableAppSettingsOptions,
} from '../../run-phase/function-app/editable-app-settings.ts'
