export type { ApiGatewayLike, ApiGatewayV2Like } from './api-gateway-like.ts'
export { httpApiRoutes, type HttpApiRoutesOptions, restApiRoutes, type RestApiRoutesOptions } from './gateway-routes.ts'
