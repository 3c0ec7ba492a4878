import { refuseOption } from '../health-error.ts'
import type { HttpMethod, HttpReply, HttpTransport, Peer, WritingMethod } from '../http-transport.ts'
import { type ProbeTarget, probeTarget, type Target } from '../probe-target.ts'
import type { NamedHosts } from './named-hosts.ts'

/** A request of a test; unlike a probe it may write. */
export interface RunRequest extends Omit<ProbeTarget, 'method'> {
  /** @default 'GET' */
  readonly method?: HttpMethod | WritingMethod | undefined
  /** Never printed. Its type goes into `headers`. @default none */
  readonly body?: string | undefined
}

const known: readonly (keyof RunRequest)[] = ['url', 'address', 'port', 'method', 'headers', 'ca', 'body']
export const runRequestOptions: readonly string[] = known

const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']

/** @throws CutoverError `HEALTH_OPTIONS_INVALID`, and `HEALTH_HOST_NOT_NAMED` for where the connection would go. */
export function runTarget(what: string, request: RunRequest, named: NamedHosts): Target {
  const { method = 'GET', body, ...rest } = request
  const target = probeTarget(rest)
  if (!methods.includes(method)) refuseOption('method', method, methods.join(', '))
  if (body !== undefined && typeof body !== 'string') refuseOption('body', 'not a text', 'a text')
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) refuseOption('body', 'one', `none with ${method}`)
  named.refuseUnnamed(what, target.request.address, target.request.port)
  const sent = { ...target.request, method, ...(body === undefined ? {} : { body }) }
  return { ...target, request: sent, redact: (text) => target.redact(without(text, body)) }
}

const without = (text: string, body: string | undefined): string =>
  body === undefined || body.length < 4 ? text : text.replaceAll(body, '[sent]')

export type Followed = { readonly reply: HttpReply } | { readonly notNamed: string }

/**
 * Asks, and follows so many redirects, each only to a host that is named.
 *
 * To another origin go neither the headers that were given nor the address; after 303, and after 301 and 302 of a write, it is a
 * GET, as browsers do it (fetch.spec.whatwg.org, HTTP-redirect fetch).
 */
export async function askFollowing(
  request: RunRequest,
  {
    follow,
    named,
    transport,
  }: { readonly follow: number; readonly named: NamedHosts; readonly transport: HttpTransport },
  options: { readonly signal: AbortSignal; readonly onPeer: (peer: Peer) => void },
): Promise<Followed> {
  let current = request
  for (let left = follow; ; left--) {
    const reply = await transport.request(runTarget('A redirect', current, named).request, options)
    if (left <= 0 || reply.kind !== 'response' || ![301, 302, 303, 307, 308].includes(reply.status)) return { reply }
    const location = reply.headers['location']
    if (location === undefined || !URL.canParse(location, current.url)) return { reply }
    const url = new URL(location, current.url)
    const isSame = url.origin === new URL(current.url).origin
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
    if (!isSame && (!isWeb || !named.includes(url.hostname.replace(/^\[|\]$/g, ''), port)))
      return { notNamed: url.origin }
    const { headers, address, port: connectTo, ca } = current
    const kept = isSame ? { headers, address, port: connectTo } : {}
    current = { url: url.href, ca, ...kept, ...whatGoesOn(current, reply.status) }
  }
}

function whatGoesOn({ method = 'GET', body }: RunRequest, status: number): Pick<RunRequest, 'method' | 'body'> {
  const becomesGet = status === 303 ? method !== 'GET' && method !== 'HEAD' : status <= 302 && method === 'POST'
  return becomesGet ? { method: 'GET', body: undefined } : { method, body }
}
