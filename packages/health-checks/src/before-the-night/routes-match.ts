import { type Check, defineCheck, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'
import { askRoutes, type RouteRequests } from './ask-routes.ts'
import { segmentsOf, takesAll } from './route-template.ts'

/** One route that clients call today. */
export interface GatewayRoute {
  /** `GET`, or `ANY`. */
  readonly method: string
  /** As clients call it, with the base path: `/v1/orders/{id}`. */
  readonly path: string
}

export interface GatewayRoutes {
  /** For people: `API Gateway abc123`. */
  readonly name: string
  routes(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly GatewayRoute[]>
}

/** One route of the target. */
export interface TargetRoute {
  readonly function: string
  /** `GET`, …; none is all. */
  readonly methods: readonly string[]
  /** With the prefix: `/api/orders/{id}`. */
  readonly path: string
  readonly isDisabled: boolean
}

export interface TargetRoutes {
  readonly name: string
  routes(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly TargetRoute[]>
}

export interface RoutesMatchOptions {
  /** What the front door makes of a path before the target gets it: `(path) => path.replace(/^\/v1/, '/api')`. @default nothing */
  readonly rewrite?: ((path: string) => string) | undefined
  /** Then also one request for each route and method. @default none are sent */
  readonly requests?: RouteRequests | undefined
  /** Routes of the gateway that the target needs not have: `'GET /legacy'`, and why. @default none */
  readonly without?: Readonly<Record<string, string>> | undefined
  /** @default made of both names */
  readonly id?: string | undefined
}

export interface RouteRow {
  readonly method: string
  /** As clients call it. */
  readonly path: string
  readonly function?: string | undefined
  readonly found: 'matched' | 'missing' | 'method-missing' | 'narrower' | 'disabled' | 'without'
  /** What the request answered, if one was sent. */
  readonly answered?: number | undefined
  readonly request?: 'answered' | 'not-routed' | 'error' | 'unexpected' | 'not-asked' | 'unreachable' | undefined
}

export interface RoutesMatchEvidence {
  readonly rows: readonly RouteRow[]
  /** Routes of the target that no route of the gateway leads to: they are open to clients once names lead there. */
  readonly more: readonly { readonly function: string; readonly path: string }[]
}

const everyMethod = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * A check that every route and method of the gateway has a function at the target, by their templates; then, if it is told to, by one
 * request for each.
 *
 * Fails for a route or a method that is missing, disabled or taken in part only, and for a request that the target does not route
 * (404, 405), or answers with an error (500 and more) or otherwise than it should. Undecided when the gateway has no routes, when
 * a route was not asked since it has a parameter or may write and there is no sample of it, and when no word came from the target.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function routesMatch(
  gateway: GatewayRoutes,
  target: TargetRoutes,
  options: RoutesMatchOptions = {},
): Check<RoutesMatchEvidence> {
  for (const [field, side] of Object.entries({ gateway, target })) {
    if (typeof (side as { routes?: unknown } | undefined)?.routes !== 'function')
      refuseOption(field, side, 'routes, such as httpApiRoutes(…) or functionAppRoutes(…)')
  }
  knownOptions(options, ['rewrite', 'requests', 'without', 'id'], 'HEALTH_OPTIONS_INVALID', 'routesMatch')
  const { rewrite = (path) => path, requests, without = {} } = options
  const { id = `health:routes:${gateway.name}:${target.name}` } = options
  if (typeof rewrite !== 'function') refuseOption('rewrite', rewrite, 'a function of a path')
  for (const [route, because] of Object.entries(without)) {
    if (typeof because !== 'string' || because.trim() === '') refuseOption(`without.${route}`, because, 'a reason')
  }
  const ask = requests && askRoutes(requests)

  return defineCheck<RoutesMatchEvidence>({
    id,
    title: `The routes of ${gateway.name} are at ${target.name}`,
    async run({ signal }) {
      const [called, served] = await Promise.all([gateway.routes({ signal }), target.routes({ signal })])
      const rows: RouteRow[] = []
      const used = new Set<TargetRoute>()
      for (const { method: shown, path } of called) {
        const method = shown.toUpperCase()
        if (`${method} ${path}` in without) {
          rows.push({ method, path, found: 'without' })
          continue
        }
        const { row, route } = match(method, path, rewrite(path), served)
        if (route) used.add(route)
        if (row.found !== 'matched' || !ask) rows.push(row)
        else rows.push(...(await ask(row, rewrite, signal)))
      }
      const more = served
        .filter((route) => !used.has(route) && !route.isDisabled)
        .map(({ function: name, path }) => ({ function: name, path }))
      const evidence = { rows, more }
      const bad = rows.filter(isBad)
      if (bad.length > 0) return { status: 'fail', text: bad.map(sentence).join('; '), evidence }
      const open = rows.filter(({ request }) => request === 'not-asked' || request === 'unreachable')
      if (open.length > 0) return { status: 'undecided', text: open.map(sentence).join('; '), evidence }
      if (rows.length === 0) return { status: 'undecided', text: `${gateway.name} has no routes`, evidence }
      const asked = ask ? ', and answer' : ''
      return {
        status: 'pass',
        text: `${rows.length} routes of ${gateway.name} are at ${target.name}${asked}`,
        evidence,
      }
    },
  })
}

function match(
  method: string,
  path: string,
  rewritten: string,
  served: readonly TargetRoute[],
): { readonly row: RouteRow; readonly route?: TargetRoute } {
  const wanted = segmentsOf(rewritten)
  const fits = served.map((route) => ({ route, takes: takesAll(wanted, segmentsOf(route.path)) }))
  const row = (found: RouteRow['found'], route?: TargetRoute) => ({
    row: { method, path, found, ...(route ? { function: route.function } : {}) },
    ...(route ? { route } : {}),
  })
  const whole = fits.filter(({ takes }) => takes === 'all').map(({ route }) => route)
  const methods = method === 'ANY' ? everyMethod : [method]
  const hasMethod = ({ methods: own }: TargetRoute, one: string): boolean =>
    own.length === 0 || own.some((name) => name.toUpperCase() === one)
  // Several functions may share a path and divide its methods.
  const missing = methods.filter((one) => !whole.some((route) => hasMethod(route, one)))
  const disabled = methods.filter((one) => !whole.some((route) => hasMethod(route, one) && !route.isDisabled))
  const first = whole.find((route) => hasMethod(route, methods[0] ?? '')) ?? whole[0]
  if (first && missing.length === 0) return row(disabled.length === 0 ? 'matched' : 'disabled', first)
  if (first) return row('method-missing', first)
  const narrower = fits.find(({ takes }) => takes === 'narrower')
  return narrower ? row('narrower', narrower.route) : row('missing')
}

function isBad({ found, request }: RouteRow): boolean {
  if (found !== 'matched' && found !== 'without') return true
  return request === 'not-routed' || request === 'error' || request === 'unexpected'
}

function sentence({ method, path, found, function: name = '', request, answered = 0 }: RouteRow): string {
  const route = `${method} ${path}`
  if (found === 'missing') return `${route} is nowhere`
  if (found === 'method-missing') return `${route}: ${name} does not take all of the methods`
  if (found === 'narrower') return `${route}: ${name} takes only what fits its constraint`
  if (found === 'disabled') return `${route}: ${name} is disabled`
  if (request === 'not-routed') return `${route} answered ${answered}: it is not routed`
  if (request === 'error' || request === 'unexpected') return `${route} answered ${answered}`
  if (request === 'unreachable') return `${route}: no word came`
  return `${route} was not asked: give a sample of it`
}
