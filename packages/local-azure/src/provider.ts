/** What a resource provider answers to one request. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sent as JSON; without it the answer has no body. */
  readonly body?: unknown
  /** The request is accepted, and goes on after this answer: the headers that tell where to ask are added. */
  readonly goesOn?: LongRunning | undefined
}

/** What goes on after a 201 or 202. */
export interface LongRunning {
  /** After how many milliseconds of the server's clock it ends. */
  readonly ms: number
  /** Does it, at the end. From 400 on the operation has failed. */
  finish(): Answer
  /** Which headers tell where to ask. @default 'both' */
  readonly poll?: 'Azure-AsyncOperation' | 'Location' | 'both' | undefined
}

/** A request that has passed the front door: token, subscription, version, resource group and JSON are in order. */
export interface ArmRequest {
  readonly method: Method
  /** As it was sent, without the query. */
  readonly path: string
  /** What stood in place of `{…}` in the operation's path. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** In lower case; without `authorization`. */
  readonly headers: Readonly<Record<string, string>>
  readonly apiVersion: string
  /** Where the client meant to send it: `westeurope.metrics.monitor.azure.com`; `undefined` without `policy()`. */
  readonly host: string | undefined
  /** Parsed; `undefined` when there was none. */
  readonly body: unknown
}

export type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE'

export interface Operation {
  /** As the official description names it, `WebApps_Start`: what the log, faults and complaints call it. */
  readonly id: string
  readonly method: Method
  /**
   * `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/sites/{name}/start`; matched
   * whatever the case, as ARM does.
   */
  readonly path: string
  handle(request: ArmRequest): Answer | Promise<Answer>
}

/** One resource provider behind the front door: add what the server lacks. Several may share a namespace. */
export interface Provider {
  /** `Microsoft.Web` */
  readonly namespace: string
  readonly apiVersions: readonly string[]
  /** Those that exist because of it. */
  readonly resourceGroups: readonly string[]
  /** `westeurope`. */
  readonly location: string
  readonly operations: readonly Operation[]
  /** It is no part of Resource Manager: it has hosts and audiences of its own, and of the checks only that of the token. */
  readonly dataPlane?: DataPlane | undefined
}

/** A service beside Resource Manager. */
export interface DataPlane {
  /** Which hosts are its own: `(host) => host === 'api.loganalytics.io'`. */
  serves(host: string): boolean
  /** Whom a token must be for, without a slash at the end: `https://api.loganalytics.io`. */
  readonly audiences: readonly string[]
}
