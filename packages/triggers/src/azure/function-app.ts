import { CutoverError, type Duration, durationMs, sameJson } from '@cutover/core'

import type { CallOptions, FoundTrigger, Listeners, TriggerSetting } from '../listeners.ts'
import { shellWord } from '../shell-word.ts'
import { asked } from './arm-error.ts'
import {
  dotted,
  isDisabledBy,
  ownSettings,
  switchedSettings,
  underscored,
  withOwnSettings,
} from './disabled-setting.ts'
import { inTurn } from './in-turn.ts'
import { appSettings, isDisabled, type SiteParts, siteState } from './site-state.ts'
import type { WebAppsLike } from './web-apps-like.ts'

export interface FunctionAppOptions<Name extends string> {
  /** `new WebSiteManagementClient(...)` of `@azure/arm-appservice`; with `retryOptions: { maxRetries: 0 }` a write is sent once. */
  readonly client: WebAppsLike
  readonly resourceGroup: string
  /** The app's name: `orders` of `orders.azurewebsites.net`. */
  readonly name: string
  /** Your name for the work → the function that does it here. */
  readonly triggers: { readonly [K in Name]: string }
  /**
   * How long one execution can run: `functionTimeout` of `host.json`. A function that is disabled for longer has nothing in
   * flight; without it `drained` stays undecided, since the control plane counts no executions.
   */
  readonly functionTimeout?: Duration | undefined
  /** How long an unanswered request may still take effect, in milliseconds. @default 60_000 */
  readonly lateMs?: number | undefined
  /** An upper bound for how long a restart takes to be felt, in milliseconds. @default 120_000 */
  readonly switchMs?: number | undefined
}

/**
 * The functions of one Azure Functions app, switched by the app settings that disable them.
 *
 * A switch reads all settings, replaces the function's own, and writes all back: the service has no other way, compares
 * nothing, and restarts the app. A setting that somebody else writes within that round trip is lost.
 *
 * @throws CutoverError `TRIGGERS_OPTION_INVALID`, `DURATION_INVALID` at once; its methods as `TriggersErrorCode` says.
 * @see https://learn.microsoft.com/rest/api/appservice/web-apps/update-application-settings
 */
export function functionApp<Name extends string>(options: FunctionAppOptions<Name>): Listeners<Name> {
  const { client, resourceGroup, name: app, triggers, functionTimeout, lateMs = 60_000, switchMs = 120_000 } = options
  const longestMs = functionTimeout === undefined ? undefined : durationMs(functionTimeout, 'functionTimeout')
  checkClient(client)
  checkMs({ lateMs, switchMs })
  for (const [field, text] of Object.entries({ resourceGroup, name: app, ...prefixed(triggers) })) {
    if (typeof text !== 'string' || !/^[\w.()-]+$/.test(text)) {
      throw invalid(`${field} is ${JSON.stringify(text)}; wanted a name`)
    }
  }
  const names = Object.keys(triggers) as Name[]
  if (names.length === 0) throw invalid('triggers is empty')
  const site: SiteParts = { client, resourceGroup, name: app }
  const functionOf = (name: Name): string => {
    if (Object.hasOwn(triggers, name)) return triggers[name]
    throw invalid(`${app} has no trigger ${name}; wanted one of ${names.join(', ')}`)
  }
  const where = `--resource-group ${shellWord(resourceGroup)} --name ${shellWord(app)}`

  const look = async (name: Name, { signal }: CallOptions = {}): Promise<FoundTrigger> => {
    signal?.throwIfAborted()
    const functionName = functionOf(name)
    const setting = ownSettings(functionName, await appSettings(site, { signal }))
    const isOff = await isDisabled(site, functionName, { signal })
    const is = isOff === undefined ? 'in an unknown state' : isOff ? 'disabled' : 'enabled'
    const text = `${functionName} of ${app} is ${is}`
    const isToBeOff = isDisabledBy(setting)
    if (isOff !== isToBeOff) {
      return { state: 'changing', setting, text: `${text}, its settings say ${isToBeOff ? 'disabled' : 'enabled'}` }
    }
    if (isOff) return { state: 'stopped', setting, text }
    const state = await siteState(site, { signal })
    // A stopped app listens to nothing, but not at once: timers were seen to fire for up to 20 minutes.
    return state === 'Running'
      ? { state: 'listening', setting, text }
      : { state: 'changing', setting, text: `${text}, but the app is ${state}` }
  }

  return {
    id: `functions:${app}`,
    side: 'azure',
    names,
    lateMs,
    switchMs,
    supports: { compareAndSwap: false },
    look,
    switched: (name, setting, to) => switchedSettings(functionOf(name), setting, to),
    write: async (name, { from, to }, { clock, signal, fence, report }) =>
      inTurn({ client, id: app, lateMs }, { clock, signal, report }, async () => {
        const functionName = functionOf(name)
        // Directly before the write, since it replaces them all: what is not read here is lost.
        const all = await appSettings(site, { signal })
        const own = ownSettings(functionName, all)
        if (sameJson(own, to)) return
        if (!sameJson(own, from)) {
          const found = isDisabledBy(own) ? 'disabled' : 'enabled'
          throw new CutoverError(
            'TRIGGERS_CONFLICT',
            `${functionName} of ${app} is ${found} in another way than expected`,
          )
        }
        const put = { what: `switch ${functionName} of app ${app}`, operation: 'Microsoft.Web/sites/config/write' }
        const body = { properties: withOwnSettings(functionName, all, to) }
        fence()
        await asked(put, signal, (call) => client.webApps.updateApplicationSettings(resourceGroup, app, body, call))
        await synced(site, { signal, fence })
      }),
    activity: async (name) => ({
      inFlight: undefined,
      waiting: undefined,
      longestMs,
      text:
        longestMs === undefined
          ? `executions of ${functionOf(name)} are not counted: pass functionTimeout`
          : `executions of ${functionOf(name)} are not counted: the host ends each at its timeout`,
    }),
    async hazard(name, to, { signal } = {}) {
      if (to === 'stopped') return undefined
      const state = await siteState(site, { signal })
      if (state === 'Running') return undefined
      return `the app ${app} is ${state}, so nobody would take the work of ${functionOf(name)}: az functionapp start ${where}`
    },
    permissions: () => [
      'Microsoft.Web/sites/read',
      'Microsoft.Web/sites/functions/read',
      'Microsoft.Web/sites/config/list/action',
      'Microsoft.Web/sites/config/write',
      'Microsoft.Web/sites/syncfunctiontriggers/action',
    ],
    byHand(name, setting) {
      const functionName = functionOf(name)
      if (setting === 'look')
        return `az functionapp function show ${where} --function-name ${functionName} --query isDisabled`
      const own = typeof setting === 'string' ? switchedSettings(functionName, {}, setting) : setting
      return commandsToSet(where, functionName, own)
    },
    traps: (name) => [
      `Each command restarts ${app}: what its functions are doing is cut off.`,
      `An app that has scaled to nothing hears of ${functionOf(name)} only when its triggers are synced: az rest --method post --url "/subscriptions/{subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Web/sites/${app}/syncfunctiontriggers?api-version=2024-11-01"`,
    ],
  }
}

/** The function's own settings become exactly these: what is left of the other spelling would go on disabling it. */
function commandsToSet(where: string, functionName: string, own: TriggerSetting): string {
  const kept = new Set(Object.keys(own).map((key) => key.toLowerCase()))
  const gone = [dotted(functionName), underscored(functionName)].filter((key) => !kept.has(key.toLowerCase()))
  const assignments = Object.entries(own).map(([key, value]) => shellWord(`${key}=${value}`))
  const set = `az functionapp config appsettings set ${where} --settings ${assignments.join(' ')}`
  const remove = `az functionapp config appsettings delete ${where} --setting-names ${gone.map(shellWord).join(' ')}`
  return [...(assignments.length > 0 ? [set] : []), ...(gone.length > 0 ? [remove] : [])].join(' && ')
}

/**
 * Tells the scale controller, which wakes an app that has scaled to nothing. A courtesy that may be lost: the host does the
 * same when it starts.
 */
async function synced(
  { client, resourceGroup, name }: SiteParts,
  { signal, fence }: { readonly signal: AbortSignal; fence(): void },
): Promise<void> {
  const attempt = {
    what: `sync the triggers of app ${name}`,
    operation: 'Microsoft.Web/sites/syncfunctiontriggers/action',
  }
  fence()
  await asked(
    attempt,
    signal,
    (call) => client.webApps.syncFunctionTriggers(resourceGroup, name, call),
    // The service answers 200, its description knows only 204, and so the SDK fails on success (azure-rest-api-specs#1275).
    (status) => status === 200,
  )
}

function prefixed(triggers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(triggers).map(([name, text]) => [`triggers.${name}`, text]))
}

function checkClient(client: unknown): void {
  const webApps = typeof client === 'object' && client !== null ? (client as { webApps?: unknown }).webApps : undefined
  const given = typeof webApps === 'object' && webApps !== null ? (webApps as Record<string, unknown>) : {}
  const methods = [
    'get',
    'listApplicationSettings',
    'updateApplicationSettings',
    'syncFunctionTriggers',
    'listFunctions',
  ]
  const missing = methods.filter((method) => typeof given[method] !== 'function')
  if (missing.length === 0) return
  throw invalid(`client.webApps has no ${missing.join(', ')}; pass new WebSiteManagementClient(...)`)
}

function checkMs(options: Readonly<Record<string, number>>): void {
  for (const [field, ms] of Object.entries(options)) {
    if (!Number.isFinite(ms) || ms < 0) throw invalid(`${field} is ${ms}; wanted milliseconds of 0 or more`)
  }
}

const invalid = (text: string): CutoverError<'TRIGGERS_OPTION_INVALID'> =>
  new CutoverError('TRIGGERS_OPTION_INVALID', `functionApp: ${text}`)
