export { functionApp, type FunctionAppOptions } from './function-app.ts'
export type { WebAppsLike } from './web-apps-like.ts'
