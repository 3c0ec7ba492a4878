import type { CallOptions, FakeWorld } from '@cutover/core/testing'

import type { SendOptions, WebAppsLike } from '../azure/web-apps-like.ts'
import { aborted, asRestError, restError } from './service-errors.ts'
import type { SiteMachine } from './site-machine.ts'

type Method = keyof WebAppsLike['webApps']

/** A fake client, and how to make it fail. */
export interface FakeWebAppsClient {
  readonly client: WebAppsLike
  failNext(method: Method, error: unknown): void
  /** What was fenced in this turn. */
  fencing: (() => void) | undefined
}

/**
 * Azure App Service at the level of the SDK's client, over the machine; `syncFunctionTriggers` fails on success, as
 * `@azure/arm-appservice` 19 does.
 *
 * Operations: `sites.updateApplicationSettings <app>`, `sites.listFunctions <app>`, …
 */
export function webAppsClient(world: FakeWorld, machine: SiteMachine, changed: () => void): FakeWebAppsClient {
  const failures: { readonly method: Method; readonly error: unknown }[] = []
  const fake: FakeWebAppsClient = {
    client: {
      webApps: {
        get: (_group, name, options) => call('get', name, options, {}, () => machine.site()),
        listApplicationSettings: (_group, name, options) =>
          call('listApplicationSettings', name, options, {}, () => ({ properties: machine.appSettings() })),
        updateApplicationSettings(_group, name, { properties }, options) {
          const settings = structuredClone(properties)
          return write('updateApplicationSettings', name, options, () => {
            machine.putAppSettings(settings)
            return { properties: machine.appSettings() }
          })
        },
        async syncFunctionTriggers(_group, name, options) {
          await write('syncFunctionTriggers', name, options, () => machine.syncTriggers())
          throw restError('', 'Unexpected status code: 200', 200)
        },
        async *listFunctions(_group, name, options) {
          const functions = await call('listFunctions', name, options, {}, () => machine.functions())
          for (const one of functions) yield { ...one, name: `${name}/${one.name}` }
        },
      },
    },
    failNext: (method, error) => void failures.push({ method, error }),
    fencing: undefined,
  }

  async function call<T>(
    method: Method,
    name: string,
    { abortSignal: signal, onResponse }: SendOptions = {},
    how: CallOptions,
    body: () => T,
  ): Promise<T> {
    const failure = failures.findIndex((armed) => armed.method === method)
    if (failure >= 0) throw failures.splice(failure, 1)[0]?.error
    if (signal?.aborted) throw aborted()
    try {
      const answer = await world.call(`sites.${method} ${name}`, { ...how, signal }, () => {
        if (name !== machine.name) throw restError('ResourceNotFound', `The resource ${name} was not found.`, 404)
        return body()
      })
      onResponse?.({ status: 200 })
      return answer
    } catch (error) {
      throw signal?.aborted ? aborted() : asRestError(error)
    }
  }

  function write<T>(method: Method, name: string, options: SendOptions | undefined, body: () => T): Promise<T> {
    return call(method, name, options, { write: true, fence: fake.fencing }, () => {
      const answer = body()
      changed()
      return answer
    })
  }
  return fake
}
