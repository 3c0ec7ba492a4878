import { isDisabledBy, ownSettings } from '../azure/disabled-setting.ts'
import { restError } from './service-errors.ts'

/** One Functions app: its control plane, and what its data plane obeys. No timer: everything follows from `now()`. */
export interface SiteMachine {
  readonly name: string
  site(): { enabled: boolean; state: 'Running' | 'Stopped'; hostNames: readonly string[] }
  start(): void
  stop(): void
  restart(): void
  appSettings(): Readonly<Record<string, string>>
  /** Replaces all; restarts the app. */
  putAppSettings(settings: Readonly<Record<string, string>>): void
  /** By their own names, without the app's; `isDisabled` follows the settings after the restart. */
  functions(): readonly { name: string; isDisabled: boolean }[]
  syncTriggers(): void
  /** What the data plane obeys now. */
  listens(functionName: string): boolean
}

export interface SiteMachineOptions {
  /** Epoch milliseconds: all that the machine knows of time. */
  now(): number
  readonly name: string
  readonly functions: readonly string[]
  /** @default {} */
  readonly appSettings?: Readonly<Record<string, string>> | undefined
  /** How long until the app runs with new settings; the former ones are obeyed until then. @default 20_000 */
  readonly restartMs?: number | undefined
  /** How long after a stop its triggers still fire: 5 to 20 min were seen (azure-functions-host#4861). @default 600_000 */
  readonly stopLagMs?: number | undefined
}

/** @throws RestError as the service does. */
export function siteMachine(options: SiteMachineOptions): SiteMachine & { nextChanges(): readonly number[] } {
  const { now, name, functions, restartMs = 20_000, stopLagMs = 600_000 } = options
  let settings: Readonly<Record<string, string>> = { ...options.appSettings }
  /** What the running host has read, and what the next one will read, and when. */
  let obeyed = settings
  let pending: { readonly settings: Readonly<Record<string, string>>; readonly at: number }[] = []
  let state: 'Running' | 'Stopped' = 'Running'
  /** Since when the data plane is as `state` says. */
  let stateFrom = Number.NEGATIVE_INFINITY

  const hosted = (): Readonly<Record<string, string>> => {
    const time = now()
    for (const next of pending) if (next.at <= time) obeyed = next.settings
    pending = pending.filter(({ at }) => at > time)
    return obeyed
  }
  const beginRestart = (): void => {
    hosted()
    pending.push({ settings, at: now() + restartMs })
  }
  /** A stop is not instant, and neither is a start. */
  const runs = (): boolean => (state === 'Running') === now() >= stateFrom

  return {
    name,
    site: () => ({ enabled: true, state, hostNames: [`${name}.azurewebsites.net`] }),
    start() {
      if (state === 'Running') return
      // Within the lag of a stop it never ceased to run.
      stateFrom = runs() ? now() : now() + restartMs
      state = 'Running'
      beginRestart()
    },
    stop() {
      if (state === 'Stopped') return
      stateFrom = runs() ? now() + stopLagMs : now()
      state = 'Stopped'
    },
    restart: beginRestart,
    appSettings: () => ({ ...settings }),
    putAppSettings(replaced) {
      for (const [key, value] of Object.entries(replaced)) {
        if (typeof value !== 'string') throw restError('BadRequest', `The value of ${key} is not a string`, 400)
      }
      settings = { ...replaced }
      beginRestart()
    },
    functions: () => functions.map((one) => ({ name: one, isDisabled: isDisabledBy(ownSettings(one, hosted())) })),
    // The host does it by itself when it starts; a control plane that is asked to only says that it has.
    syncTriggers() {},
    listens: (one) => runs() && functions.includes(one) && !isDisabledBy(ownSettings(one, hosted())),
    nextChanges: () => [...pending.map(({ at }) => at), stateFrom].filter((at) => at > now()),
  }
}
