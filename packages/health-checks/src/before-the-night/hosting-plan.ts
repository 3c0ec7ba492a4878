import { type Duration, durationMs, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'

/** What carries work to the target: each has a size that it takes. */
export type Carrier = 'http' | 'storage-queue' | 'service-bus-standard' | 'service-bus-premium' | 'event-hubs'

export interface HostingPlan {
  readonly plan: 'flex' | 'consumption' | 'premium' | 'dedicated'
  /** How many instances the app may have. @default flex 100, consumption 100, none for the others */
  readonly instances?: number | undefined
  /** How many executions one instance has at a time: `host.json`, or the scale settings of Flex. */
  readonly perInstance: number
  /** `functionTimeout` of host.json. @default consumption '5m', the others '30m' */
  readonly functionTimeout?: Duration | undefined
  /** @default 'http' */
  readonly carrier?: Carrier | undefined
}

/** The most that a plan bears, and how it could be more. */
export interface Ceiling {
  readonly have: number
  readonly unit: string
  /** What to do, where it can be raised; else where it ends. */
  readonly raise: string
}

export interface Ceilings {
  readonly name: string
  readonly concurrency: Ceiling
  readonly durationMs: Ceiling
  readonly payloadBytes: Ceiling
}

/** Most instances: learn.microsoft.com/azure/azure-functions/functions-scale, 2026-09. Those of Premium and Dedicated depend on region and tier. */
const mostInstances = { flex: 1_000, consumption: 200, premium: 100, dedicated: 100 } as const
const defaultInstances = { flex: 100, consumption: 100, premium: undefined, dedicated: undefined } as const

/** Every answer over HTTP, on every plan: the load balancer gives up. */
const httpAnswerMs = 230_000

/** Largest request or message, in bytes; of a storage queue what is left of 64 KiB in Base64. */
const carries: Readonly<Record<Carrier, { readonly bytes: number; readonly raise: string }>> = {
  http: { bytes: 210 * 1_048_576, raise: 'It cannot be raised: hand the address of a blob instead' },
  'storage-queue': { bytes: 48 * 1_024, raise: 'Hand the name of a blob, or take Service Bus' },
  'service-bus-standard': { bytes: 256 * 1_024, raise: 'Take the Premium tier, or hand the name of a blob' },
  'service-bus-premium': {
    bytes: 1_048_576,
    raise: 'az servicebus queue update --max-message-size <KB>, up to 100 MB',
  },
  'event-hubs': { bytes: 1_048_576, raise: 'Hand the name of a blob, or a dedicated cluster' },
}

/**
 * What a hosting plan of Azure Functions bears with these settings.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID`, `DURATION_INVALID`.
 * @see learn.microsoft.com/azure/azure-functions/functions-scale for the numbers.
 */
export function ceilings(plan: HostingPlan): Ceilings {
  const known = ['plan', 'instances', 'perInstance', 'functionTimeout', 'carrier']
  knownOptions(plan, known, 'HEALTH_OPTIONS_INVALID', 'plan')
  const { plan: kind, perInstance, carrier = 'http' } = plan
  if (!(kind in mostInstances)) refuseOption('plan.plan', kind, 'flex, consumption, premium or dedicated')
  if (!(carrier in carries)) refuseOption('plan.carrier', carrier, Object.keys(carries).join(', '))
  const { instances = defaultInstances[kind], functionTimeout = kind === 'consumption' ? '5m' : '30m' } = plan
  if (instances === undefined || !Number.isInteger(instances) || instances < 1 || instances > mostInstances[kind])
    refuseOption('plan.instances', instances, `a whole number from 1 to ${mostInstances[kind]}`)
  if (!Number.isInteger(perInstance) || perInstance < 1)
    refuseOption('plan.perInstance', perInstance, 'a whole number from 1')
  const timeoutMs = durationMs(functionTimeout, 'plan.functionTimeout')
  if (kind === 'consumption' && timeoutMs > 600_000)
    refuseOption('plan.functionTimeout', functionTimeout, 'at most 10m on the consumption plan')
  const overHttp = carrier === 'http' && httpAnswerMs < timeoutMs
  return {
    name: `${kind} with ${instances} instances of ${perInstance}`,
    concurrency: { have: instances * perInstance, unit: 'executions', raise: moreOf[kind] },
    durationMs: overHttp
      ? { have: httpAnswerMs, unit: 'ms', raise: 'It cannot be raised: answer 202 and go on in the background' }
      : {
          have: timeoutMs,
          unit: 'ms',
          raise: `Set functionTimeout in host.json${kind === 'consumption' ? ', up to 10 minutes' : ''}`,
        },
    payloadBytes: { have: carries[carrier].bytes, unit: 'bytes', raise: carries[carrier].raise },
  }
}

const moreOf: Readonly<Record<HostingPlan['plan'], string>> = {
  flex: 'az functionapp scale config set --maximum-instance-count <up to 1000>, or more executions per instance',
  consumption: 'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT up to 200 (Linux: 100), or Flex Consumption',
  premium: 'az functionapp plan update --max-burst <instances>, or a larger size',
  dedicated: 'az appservice plan update --number-of-workers <instances>, or a larger size',
}
