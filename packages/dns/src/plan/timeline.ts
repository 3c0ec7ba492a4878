import { formatDuration } from '@cutover/core'

import { rememberedMs } from '../propagation.ts'
import { ttlOf } from '../record-ttl.ts'
import { blocker, type Finding, note, warning } from './finding.ts'
import type { Looking } from './looking.ts'

/** Epoch milliseconds. */
export interface Timeline {
  /** The latest moment to lower the TTL. */
  readonly lowerAt: number
  /** From here on a switch is felt within the lower TTL. */
  readonly safeAt: number
  readonly switchAt: number
  /** No cache that obeys DNS has the former answer any more. */
  readonly allMovedBy: number
  /** The new side was watched for long enough: the TTL goes back up, and with it how long going back takes. */
  readonly raiseAt: number
}

export interface TimelineOptions {
  /** To which the TTL is lowered first. */
  readonly ttlSeconds: number
  /** When to switch; without it, as soon as it is safe. */
  readonly switchAt: number | undefined
  /** How long the new side is watched before the TTL is raised again. */
  readonly holdMs: number
}

/** AWS answers an alias with its target's TTL: 60 s at API Gateway, load balancers and CloudFront. */
const aliasTtlSeconds = 60

/** What caches keep of the present answer, in seconds; `undefined` where nobody tells. */
export function presentTtl({ found }: Pick<Looking, 'found'>): number | undefined {
  if (found === undefined) return undefined
  if (found.kind === 'alias') return found.ttlSeconds ?? aliasTtlSeconds
  try {
    return ttlOf(found)
  } catch {
    return undefined
  }
}

/** When what may happen: each step waits until every cache has forgotten what was before. */
export function timelineOf(looking: Looking, options: TimelineOptions): { timeline: Timeline; findings: Finding[] } {
  const { zone, name, clock, found } = looking
  const { ttlSeconds, switchAt: wanted, holdMs } = options
  const now = clock.now()
  const known = presentTtl(looking)
  const present = known ?? longestUsualTtl
  const isLow = present <= ttlSeconds
  const lowTtl = Math.min(present, ttlSeconds)
  const loweringMs = isLow ? 0 : zone.propagationMs + rememberedMs(present)
  const safeAt = now + loweringMs
  const switchAt = Math.max(wanted ?? safeAt, safeAt)
  const lowerAt = switchAt - loweringMs
  const allMovedBy = switchAt + zone.propagationMs + rememberedMs(lowTtl)
  const timeline = { lowerAt, safeAt: lowerAt + loweringMs, switchAt, allMovedBy, raiseAt: allMovedBy + holdMs }
  const findings: Finding[] = []
  if (found !== undefined && known === undefined) {
    const text = `nobody tells how long caches keep ${name}: ${formatDuration(present * 1_000)} is assumed`
    findings.push(warning('ttl-unknown', text, 'Look what a client gets, and wait for that long.'))
  }
  if (known !== undefined && !isLow) {
    const text = `caches keep ${name} for ${formatDuration(present * 1_000)}, and would as long after the switch`
    findings.push(
      note('ttl-high', text, `First: lowerTtl(record, { ttlSeconds: ${ttlSeconds} }), then wait until safeAt.`, {
        ttlSeconds: present,
      }),
    )
  }
  if (known === 0) {
    const text = `${name} has a TTL of 0: resolvers with a floor keep it for 1 or 5 s all the same, and all others ask the zone for each client`
    findings.push(note('ttl-zero', text, 'Give it 60 s or more when the move is over.'))
  }
  if (wanted !== undefined && wanted < safeAt) {
    const text = `a switch in ${formatDuration(Math.max(0, wanted - now))} comes ${formatDuration(safeAt - wanted)} too early: caches keep the former TTL until then`
    findings.push(
      blocker('too-early', text, 'Lower the TTL earlier, or switch at timeline.safeAt.', { switchAt: wanted, safeAt }),
    )
  }
  return { timeline, findings }
}

/** The longest that Unbound keeps an answer unless told otherwise (`cache-max-ttl`). */
const longestUsualTtl = 86_400
