import type { Duration } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { dotted } from '../azure/disabled-setting.ts'
import { functionApp } from '../azure/function-app.ts'
import type { WebAppsLike } from '../azure/web-apps-like.ts'
import { type InMemoryListeners, type Invoked, noticingFences, watchListening } from './in-memory-listeners.ts'
import type { InMemoryQueue } from './in-memory-queue.ts'
import { type SiteMachine, siteMachine, type SiteMachineOptions } from './site-machine.ts'
import { webAppsClient } from './web-apps-client.ts'

export interface InMemoryFunctionAppOptions<Name extends string> extends Pick<
  SiteMachineOptions,
  'appSettings' | 'restartMs' | 'stopLagMs'
> {
  readonly name: string
  /** Your name for the work → the function that does it. */
  readonly triggers: { readonly [K in Name]: string }
  /** Those that are enabled in the beginning. @default [], as an app is deployed before a cutover */
  readonly listening?: readonly NoInfer<Name>[] | undefined
  /** Those that are called over HTTP: both sides may answer calls at once. @default [] */
  readonly http?: readonly NoInfer<Name>[] | undefined
  /** The queues that its functions consume, by trigger. */
  readonly queues?: { readonly [K in NoInfer<Name>]?: InMemoryQueue | undefined } | undefined
  /** How long a function works on one message or call, in milliseconds. @default 500 */
  readonly handlerMs?: number | undefined
  /** `host.json`. @default '5m', the default of a Consumption plan */
  readonly functionTimeout?: Duration | undefined
}

export interface InMemoryFunctionApp<Name extends string> extends InMemoryListeners<Name> {
  readonly client: WebAppsLike
  /** The next such call is refused with this error, and does nothing. */
  failNext(method: keyof WebAppsLike['webApps'], error: unknown): void
  /** Somebody else's change, behind our back. */
  editBehind(edit: (machine: SiteMachine) => void): void
  /** Somebody calls a function over HTTP; a disabled one is `refused` with 404. */
  invoke(name: Name, what: string): Invoked
}

/**
 * A Functions app, in this world's time and with its faults: our adapter over a strict control plane,
 * `world.failNext('sites.updateApplicationSettings', 'late')`, and a data plane that obeys it.
 *
 * The world watches all its settings, and whether it runs, as `functions:<app>`.
 */
export function inMemoryFunctionApp<const Name extends string>(
  world: FakeWorld,
  options: InMemoryFunctionAppOptions<Name>,
): InMemoryFunctionApp<Name> {
  const { name: app, triggers, listening = [], http = [], handlerMs = 500, functionTimeout = '5m' } = options
  const names = Object.keys(triggers) as Name[]
  const queues = (options.queues ?? {}) as Readonly<Partial<Record<Name, InMemoryQueue>>>
  const disabled = names.filter((name) => !listening.includes(name)).map((name) => [dotted(triggers[name]), 'true'])
  const { restartMs, stopLagMs } = options
  const now = world.clock.now
  const machine = siteMachine({
    now,
    name: app,
    functions: names.map((name) => triggers[name]),
    appSettings: { ...options.appSettings, ...(Object.fromEntries(disabled) as Record<string, string>) },
    restartMs,
    stopLagMs,
  })
  const listens = (name: Name): boolean => machine.listens(triggers[name])

  const id = `functions:${app}`
  const nextChangesMs = (): number[] => machine.nextChanges().map((at) => at - now())
  const changed = watchListening(world, { id, names, listens, isCalled: (name) => http.includes(name), nextChangesMs })
  // Nothing depends on the order of settings.
  const sorted = (): unknown => Object.fromEntries(Object.entries(machine.appSettings()).sort(byKey))
  world.watch(id, () => ({ settings: sorted(), state: machine.site().state }))
  for (const name of names) queues[name]?.consume({ by: id, handlerMs, polls: () => listens(name) })

  const fake = webAppsClient(world, machine, changed)
  const adapter = functionApp<Name>({ client: fake.client, resourceGroup: 'rg', name: app, triggers, functionTimeout })
  return {
    ...noticingFences(adapter, (fence) => (fake.fencing = fence)),
    client: fake.client,
    get listening() {
      return names.filter(listens)
    },
    failNext: fake.failNext,
    editBehind(edit) {
      edit(machine)
      changed()
    },
    invoke(name, what) {
      if (!listens(name)) return 'refused'
      world.observe({ kind: 'accepted', what, by: id })
      world.later(handlerMs, () => world.observe({ kind: 'handled', what, by: id }))
      return 'handled'
    },
  }
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
