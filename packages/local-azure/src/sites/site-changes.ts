import { notImplemented } from '../arm-error.ts'
import type { Answer } from '../provider.ts'
import { invalidParameter } from './app-service-error.ts'
import type { SiteMachine } from './site-machine.ts'

/** Does what a PATCH of the app wants; answers why not, before anything is done. */
export function patchSite(machine: SiteMachine, body: unknown): Answer | undefined {
  if (!isRecord(body)) return invalidParameter('siteEnvelope')
  const { properties = {}, ...others } = body
  if (!isRecord(properties)) return invalidParameter('properties')
  const { enabled, functionAppConfig, ...unknown } = properties
  const [other] = [...Object.keys(others), ...Object.keys(unknown).map((name) => `properties.${name}`)]
  if (other !== undefined) {
    return notImplemented(`it changes properties.enabled and .functionAppConfig of a site, not ${other}`)
  }
  if (enabled !== undefined && typeof enabled !== 'boolean') return invalidParameter('properties.enabled')
  const changesEnabled = enabled !== undefined && enabled !== machine.site().enabled
  if (changesEnabled && !machine.setEnabled) return notImplemented(`the machine of ${machine.name} has no setEnabled`)
  if (functionAppConfig !== undefined) {
    const refused = patchFunctionAppConfig(machine, functionAppConfig)
    if (refused) return refused
  }
  if (changesEnabled) machine.setEnabled?.(enabled)
  return undefined
}

/**
 * A Flex Consumption app has from 1 to 1,000 instances. The description of a PATCH does not have this property, and the service
 * takes it: the Azure command line sends it so.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to
 */
function patchFunctionAppConfig(machine: SiteMachine, config: unknown): Answer | undefined {
  if (!machine.functionAppConfig) return invalidParameter('properties.functionAppConfig')
  if (!machine.putFunctionAppConfig) {
    return notImplemented(`the machine of ${machine.name} has no putFunctionAppConfig`)
  }
  if (!isRecord(config)) return invalidParameter('properties.functionAppConfig')
  const { scaleAndConcurrency = {} } = config
  if (!isRecord(scaleAndConcurrency)) return invalidParameter('scaleAndConcurrency')
  const { maximumInstanceCount: count, instanceMemoryMB: memory } = scaleAndConcurrency
  if (count !== undefined && !(Number.isInteger(count) && Number(count) >= 1 && Number(count) <= 1_000)) {
    return invalidParameter('maximumInstanceCount')
  }
  if (memory !== undefined && ![512, 2048, 4096].includes(Number(memory))) return invalidParameter('instanceMemoryMB')
  machine.putFunctionAppConfig(config)
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
