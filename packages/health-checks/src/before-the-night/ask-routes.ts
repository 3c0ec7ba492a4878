import { knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import type { RouteRow } from './routes-match.ts'

/** One request that stands for a route and a method. */
export interface RouteSample {
  /** The path as clients call it, without parameters: `/orders/1`. @default the route's own, if it has no parameter */
  readonly path?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  /** What it must answer. @default anything but 404, 405 and from 500 on */
  readonly status?: number | readonly number[] | undefined
}

export interface RouteRequests {
  /** The target's own address: `https://orders.azurewebsites.net`. Nothing else is asked. */
  readonly url: string
  /** `fetch`, or what has its form. */
  readonly fetch: (
    url: string,
    init: {
      readonly method: string
      readonly headers: Record<string, string>
      readonly body?: string
      readonly redirect: 'manual'
      readonly signal: AbortSignal
    },
  ) => Promise<{ readonly status: number }>
  /**
   * By route: `{ 'POST /orders': { body: '{"test":true}', status: 400 } }`. Routes with parameters need one, and so does every method
   * that may write: nothing but GET, HEAD and OPTIONS is sent without. @default none
   */
  readonly samples?: Readonly<Record<string, RouteSample>> | undefined
  /** Sent with every request, such as a function key; never shown. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Answers a function that asks one matched route: a row for each method that was asked, or was to be. */
export function askRoutes(
  requests: RouteRequests,
): (row: RouteRow, rewrite: (path: string) => string, signal: AbortSignal) => Promise<readonly RouteRow[]> {
  knownOptions(requests, ['url', 'fetch', 'samples', 'headers'], 'HEALTH_OPTIONS_INVALID', 'requests')
  const { url, fetch, samples = {}, headers = {} } = requests
  if (!URL.canParse(url) || !/^https?:/.test(url)) refuseOption('requests.url', url, 'an absolute http or https URL')
  if (typeof fetch !== 'function') refuseOption('requests.fetch', fetch, 'fetch, or what has its form')
  const origin = url.replace(/\/+$/, '')

  return async (row, rewrite, signal) => {
    const rows: RouteRow[] = []
    for (const method of methodsOf(row, samples)) {
      const sample = samples[`${method} ${row.path}`] ?? (reads.has(method) ? {} : undefined)
      const path = sample?.path ?? (row.path.includes('{') ? undefined : row.path)
      if (!sample || path === undefined) {
        rows.push({ ...row, method, request: 'not-asked' })
        continue
      }
      const init = {
        method,
        headers: { ...headers, ...sample.headers },
        redirect: 'manual' as const,
        signal,
        ...(sample.body === undefined ? {} : { body: sample.body }),
      }
      rows.push({ ...row, method, ...(await answerOf(() => fetch(`${origin}${rewrite(path)}`, init), sample, signal)) })
    }
    return rows
  }
}

/** Of `ANY` those that there are samples for, or GET. */
function methodsOf({ method, path }: RouteRow, samples: Readonly<Record<string, RouteSample>>): readonly string[] {
  if (method !== 'ANY') return [method]
  const sampled = Object.keys(samples)
    .filter((route) => route.endsWith(` ${path}`))
    .map((route) => route.slice(0, -path.length - 1))
  return sampled.length === 0 ? ['GET'] : sampled
}

async function answerOf(
  call: () => Promise<{ readonly status: number }>,
  { status: wanted }: RouteSample,
  signal: AbortSignal,
): Promise<Pick<RouteRow, 'answered' | 'request'>> {
  let answered: number
  try {
    answered = (await call()).status
  } catch {
    signal.throwIfAborted()
    // No word of the target, whatever went wrong on the way.
    return { request: 'unreachable' }
  }
  if (wanted !== undefined) {
    const list = typeof wanted === 'number' ? [wanted] : wanted
    return { answered, request: list.includes(answered) ? 'answered' : 'unexpected' }
  }
  if (answered === 404 || answered === 405) return { answered, request: 'not-routed' }
  return { answered, request: answered >= 500 ? 'error' : 'answered' }
}
