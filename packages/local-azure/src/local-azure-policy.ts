/** What the policy reads and sets of a `PipelineRequest`. */
export interface PolicyRequest {
  url: string
  allowInsecureConnection?: boolean
  readonly headers: { set(name: string, value: string): void; delete(name: string): void }
}

/** Tells the server where the client meant to send a request: some services are told apart by their host alone. */
export const meantHostHeader = 'x-local-azure-host'

/** Fits an entry of `additionalPolicies` of every Azure client. */
export interface LocalAzurePolicy {
  readonly position: 'perRetry'
  readonly policy: {
    readonly name: string
    sendRequest<Request extends PolicyRequest, Response>(
      request: Request,
      next: (request: Request) => Promise<Response>,
    ): Promise<Response>
  }
}

/**
 * Sends what an official client would send to Azure to the local server instead, over plain http: an entry for the client's
 * `additionalPolicies`.
 *
 * It stands behind authentication, which refuses plain http, so endpoint, audience and token stay the real ones; and it puts the
 * URL back afterwards, since pollers ask again where the first request went.
 */
export function localAzurePolicy(server: string | { readonly url: string }): LocalAzurePolicy {
  const { origin } = new URL(typeof server === 'string' ? server : server.url)
  return {
    position: 'perRetry',
    policy: {
      name: 'localAzurePolicy',
      async sendRequest(request, next) {
        const { url, allowInsecureConnection } = request
        const { host, pathname, search } = new URL(url)
        request.url = `${origin}${pathname}${search}`
        request.allowInsecureConnection = true
        request.headers.set(meantHostHeader, host)
        try {
          return await next(request)
        } finally {
          request.url = url
          request.headers.delete(meantHostHeader)
          request.allowInsecureConnection = allowInsecureConnection ?? false
        }
      },
    },
  }
}
