import type { TargetRoutes } from '../../before-the-night/routes-match.ts'
import { refuseOption } from '../../health-error.ts'
import { bindingsOf, type FunctionAppOptions, functionAppReader, functionName } from './function-app-reader.ts'

export interface FunctionAppRoutesOptions extends FunctionAppOptions {
  /** `extensions.http.routePrefix` of host.json; an empty text for none. @default 'api' */
  readonly routePrefix?: string | undefined
}

/**
 * The routes of the functions of an app that HTTP starts. A function without a route has its own name, and one without methods
 * takes all.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when made; `routes` rejects with a `SourceErrorCode`.
 */
export function functionAppRoutes(options: FunctionAppRoutesOptions): TargetRoutes {
  const reader = functionAppReader(options, 'functionAppRoutes', ['routePrefix'])
  const { routePrefix = 'api' } = options
  if (typeof routePrefix !== 'string') refuseOption('routePrefix', routePrefix, 'a text')
  return {
    name: reader.name,
    async routes(read = {}) {
      const functions = await reader.functions(read)
      return functions.flatMap((one) =>
        bindingsOf(one)
          .filter(({ type }) => type.toLowerCase() === 'httptrigger')
          .map((binding) => {
            const { route, methods } = binding as { readonly route?: unknown; readonly methods?: unknown }
            const own = typeof route === 'string' && route !== '' ? route : functionName(one)
            const names = Array.isArray(methods) ? methods.filter((name) => typeof name === 'string') : []
            return {
              function: functionName(one),
              methods: names.map((name) => name.toUpperCase()),
              path: `/${routePrefix}/${own}`.replaceAll(/\/{2,}/g, '/'),
              isDisabled: one.isDisabled ?? true,
            }
          }),
      )
    },
  }
}
