import { type Clock, CutoverError, isCutoverError } from '@cutover/core'

import type { CallOptions } from '../dns-zone.ts'
import type { EndpointEdit } from './endpoint-edits.ts'
import { isEnabled, isOnline, isPending } from './profile-record.ts'
import type { TrafficManagerProfile } from './traffic-manager-like.ts'

/** How a profile is asked again and again. */
export interface Polling {
  read(options: CallOptions): Promise<TrafficManagerProfile>
  readonly clock: Clock
  readonly pollMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * Resolves when what stays enabled without these has an endpoint that is `Online`; waits for those whose first probe is under way.
 *
 * @throws CutoverError `DNS_NOT_SAFE_YET` at once when there is none to wait for, and after `withinMs`.
 */
export async function untilAnotherIsOnline(
  disabled: readonly EndpointEdit[],
  { read, clock, pollMs, signal, withinMs, profile }: Polling & { readonly withinMs: number; readonly profile: string },
): Promise<void> {
  const until = clock.now() + withinMs
  for (;;) {
    const { endpoints = [] } = await read({ signal })
    const left = endpoints.filter((one) => isEnabled(one) && !disabled.some(({ id }) => id === one.name))
    if (left.some(isOnline)) return
    if (!left.some(isPending) || clock.now() >= until) {
      const found = left.map(({ name, endpointMonitorStatus }) => `${name} ${endpointMonitorStatus}`).join(', ')
      throw new CutoverError(
        'DNS_NOT_SAFE_YET',
        `${disabled.map(({ id }) => id).join(', ')} stays enabled in Traffic Manager profile ${profile}, ` +
          `since no other endpoint is Online: found ${found === '' ? 'none' : found}`,
        { retryable: true, next: 'Look why its probes fail, then run it again.' },
      )
    }
    await clock.sleep(pollMs, { signal })
  }
}

/**
 * Resolves when what was enabled is answered, and known to be well; where it is not known what was, when nothing is left whose
 * first probe is under way. An endpoint whose probes fail is waited out however long it lasts, and so is an outage of Azure:
 * going on would be wrong. The caller's signal ends it.
 */
export async function untilOnline(
  enabled: readonly string[] | undefined,
  { read, clock, pollMs, signal }: Polling,
): Promise<void> {
  for (;;) {
    try {
      const { endpoints = [] } = await read({ signal })
      const served = endpoints.filter(isEnabled)
      const ours = served.filter(({ name = '' }) => enabled?.includes(name) ?? true)
      // Where none is healthy, Traffic Manager answers all of them.
      const isAll = !served.some((one) => isOnline(one) || isPending(one))
      if (isAll || ours.every((one) => (enabled ? isOnline(one) : !isPending(one)))) return
    } catch (error) {
      if (!isCutoverError(error, 'DNS_UNAVAILABLE')) throw error
    }
    await clock.sleep(pollMs, { signal })
  }
}
