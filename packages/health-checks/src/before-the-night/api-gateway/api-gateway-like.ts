interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** The calls that are made. `new ApiGatewayV2(...)` of `@aws-sdk/client-apigatewayv2` fits as it is. */
export interface ApiGatewayV2Like {
  getRoutes(
    input: { ApiId: string; NextToken?: string; MaxResults?: string },
    options?: SendOptions,
  ): Promise<{
    readonly Items?: readonly { readonly RouteKey?: string | undefined }[] | undefined
    readonly NextToken?: string | undefined
  }>
  getApiMappings(
    input: { DomainName: string; NextToken?: string },
    options?: SendOptions,
  ): Promise<{
    readonly Items?:
      | readonly { readonly ApiId?: string | undefined; readonly ApiMappingKey?: string | undefined }[]
      | undefined
    readonly NextToken?: string | undefined
  }>
}

/** The calls that are made. `new APIGateway(...)` of `@aws-sdk/client-api-gateway` fits as it is. */
export interface ApiGatewayLike {
  getResources(
    input: { restApiId: string; embed: string[]; limit: number; position?: string },
    options?: SendOptions,
  ): Promise<{
    readonly items?:
      | readonly {
          readonly path?: string | undefined
          readonly resourceMethods?: Readonly<Record<string, unknown>> | undefined
        }[]
      | undefined
    readonly position?: string | undefined
  }>
  getBasePathMappings(
    input: { domainName: string; limit: number; position?: string },
    options?: SendOptions,
  ): Promise<{
    readonly items?:
      | readonly { readonly basePath?: string | undefined; readonly restApiId?: string | undefined }[]
      | undefined
    readonly position?: string | undefined
  }>
}
