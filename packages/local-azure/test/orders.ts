import type { SiteMachine } from '@cutover/local-azure'

/** A small function app. Disabled functions are those with a setting that says so, as on the real one. */
export function orders(name = 'orders', functionNames: readonly string[] = ['queue', 'nightly', 'http']) {
  const calls: string[] = []
  let settings: Readonly<Record<string, string>> = { FUNCTIONS_EXTENSION_VERSION: '~4', SECRET: 'hunter2' }
  let running = true
  let enabled = true
  return {
    name,
    calls,
    site: () => ({
      enabled,
      state: running && enabled ? ('Running' as const) : ('Stopped' as const),
      hostNames: [`${name}.azurewebsites.net`],
    }),
    start() {
      calls.push('start')
      running = true
    },
    stop() {
      calls.push('stop')
      running = false
    },
    restart: () => void calls.push('restart'),
    setEnabled(next: boolean) {
      calls.push(`setEnabled ${next}`)
      enabled = next
    },
    appSettings: () => settings,
    putAppSettings(next: Readonly<Record<string, string>>) {
      calls.push('putAppSettings')
      settings = next
    },
    functions: () =>
      functionNames.map((one) => ({ name: one, isDisabled: settings[`AzureWebJobs.${one}.Disabled`] === 'true' })),
    syncTriggers: () => void calls.push('syncTriggers'),
  } satisfies SiteMachine & { calls: string[] }
}
