import type { Switch, TriggerSetting } from '../listeners.ts'

type Settings = Readonly<Record<string, string>>

/**
 * The settings that disable one function, of all that an app has. The host takes two spellings, in any case, and disables the
 * function when either says so; all others are somebody else's.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/disable-function
 */
export function ownSettings(functionName: string, all: Settings): Settings {
  const own = new Set([dotted(functionName), underscored(functionName)].map((key) => key.toLowerCase()))
  return Object.fromEntries(Object.entries(all).filter(([key]) => own.has(key.toLowerCase())))
}

/** All settings, with these as the function's own. */
export function withOwnSettings(functionName: string, all: Settings, own: TriggerSetting): Record<string, string> {
  const mine = ownSettings(functionName, all)
  const others = Object.entries(all).filter(([key]) => !Object.hasOwn(mine, key))
  return Object.fromEntries([...others, ...Object.entries(own).map(([key, value]) => [key, String(value)] as const)])
}

export function isDisabledBy(own: TriggerSetting): boolean {
  return Object.values(own).some((value) => /^(true|1)$/i.test(String(value).trim()))
}

/** To enable it, both spellings go; to disable it, the one that works on every plan stands alone. */
export function switchedSettings(functionName: string, own: TriggerSetting, to: Switch): TriggerSetting {
  const isSo = isDisabledBy(own) === (to === 'stopped')
  if (isSo) return own
  return to === 'stopped' ? { [dotted(functionName)]: 'true' } : {}
}

export const dotted = (functionName: string): string => `AzureWebJobs.${functionName}.Disabled`
export const underscored = (functionName: string): string => `AzureWebJobs_${functionName}_Disabled`
