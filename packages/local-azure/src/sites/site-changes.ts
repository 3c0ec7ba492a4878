import { notImplemented } from '../arm-error.ts'
import type { Answer } from '../provider.ts'
import { invalidParameter } from './app-service-error.ts'
import type { SiteMachine } from './site-machine.ts'

/** Does what a PATCH of the app wants; answers why not, before anything is done. */
export function patchSite(machine: SiteMachine, body: unknown): Answer | undefined {
  if (!isRecord(body)) return invalidParameter('siteEnvelope')
  const { properties = {}, ...others } = body
  if (!isRecord(properties)) return invalidParameter('properties')
  const { enabled, ...unknown } = properties
  const [other] = [...Object.keys(others), ...Object.keys(unknown).map((name) => `properties.${name}`)]
  if (other !== undefined) return notImplemented(`it changes properties.enabled of a site, not ${other}`)
  if (enabled === undefined) return undefined
  if (typeof enabled !== 'boolean') return invalidParameter('properties.enabled')
  if (enabled === machine.site().enabled) return undefined
  if (!machine.setEnabled) return notImplemented(`the machine of ${machine.name} has no setEnabled`)
  machine.setEnabled(enabled)
  return undefined
}

/** The settings of a PUT, all of them; `undefined` when they are not texts. */
export function settingsOf(body: unknown): Readonly<Record<string, string>> | undefined {
  if (!isRecord(body) || !isRecord(body['properties'])) return undefined
  const { properties } = body
  return Object.values(properties).every((value) => typeof value === 'string')
    ? (properties as Readonly<Record<string, string>>)
    : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
