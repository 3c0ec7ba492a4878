import { knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { checkExpectations, type HttpExpectations } from '../http-expectations.ts'
import { isList } from '../is-list.ts'
import type { Target } from '../probe-target.ts'
import type { NamedHosts } from './named-hosts.ts'
import { type RunRequest, runTarget } from './run-target.ts'

/** Where one side is asked. */
export interface LoadSide {
  /** Scheme and real name, perhaps with a path that goes before that of each request: `https://api.example.com`. */
  readonly url: string
  /** Connects here, an IP address or a host name, instead of resolving the URL's host. */
  readonly address?: string | undefined
  /** @default the URL's */
  readonly port?: number | undefined
  /** Sent with each request; their values are never printed. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** PEM certificates of a private CA, trusted instead of the machine's. */
  readonly ca?: string | readonly string[] | undefined
}

/** One kind of request, the same at both sides. */
export interface LoadRequest extends Pick<RunRequest, 'method' | 'headers' | 'body'> {
  /** With the query: `/orders/17`. */
  readonly path: string
  /** How often, relative to the others. @default 1 */
  readonly weight?: number | undefined
  /** @default a status from 200 to 299 */
  readonly expect?: HttpExpectations | undefined
}

/** A request ready to be sent to one side. */
export interface Prepared {
  readonly target: Target
  readonly expect: HttpExpectations
}

/** @throws CutoverError `HEALTH_OPTIONS_INVALID`, `HEALTH_HOST_NOT_NAMED`. */
export function prepared(
  name: 'source' | 'target',
  side: LoadSide,
  requests: readonly LoadRequest[],
  named: NamedHosts,
): readonly Prepared[] {
  knownOptions(side, ['url', 'address', 'port', 'headers', 'ca'], 'HEALTH_OPTIONS_INVALID', name)
  if (typeof side.url !== 'string' || /[?#]/.test(side.url))
    refuseOption(`${name}.url`, 'not that', 'a URL without query')
  return requests.map(({ path, method, body, headers, expect = {} }) => {
    const request = { ...side, url: `${side.url.replace(/\/$/, '')}${path}`, method, body }
    return { target: runTarget(name, { ...request, headers: { ...side.headers, ...headers } }, named), expect }
  })
}

/** @throws CutoverError `HEALTH_OPTIONS_INVALID`. */
export function checkLoadRequests(requests: readonly LoadRequest[]): void {
  if (!isList(requests) || requests.length === 0) refuseOption('requests', requests, 'at least one { path }')
  for (const request of requests) {
    const known = ['path', 'weight', 'method', 'headers', 'body', 'expect']
    knownOptions(request, known, 'HEALTH_OPTIONS_INVALID', 'a request')
    const { path, weight = 1, expect = {} } = request
    if (typeof path !== 'string' || !path.startsWith('/')) refuseOption('path', path, 'a path, such as /orders/17')
    if (!(weight > 0 && Number.isFinite(weight))) refuseOption('weight', weight, 'a number over 0')
    knownOptions(expect, ['status', 'responseHeaders', 'body', 'json'], 'HEALTH_OPTIONS_INVALID', `expect of ${path}`)
    checkExpectations(expect)
  }
}

/** Draws one of them by weight, with a number from 0 to below 1. */
export function drawn(requests: readonly LoadRequest[], uniform: number): number {
  const total = requests.reduce((sum, { weight = 1 }) => sum + weight, 0)
  let left = uniform * total
  const i = requests.findIndex(({ weight = 1 }) => (left -= weight) < 0)
  return Math.max(0, i)
}
