import {
  type Clock,
  type CountBucket,
  type CountSource,
  healthGate,
  type HealthGateOptions,
  type Verdict,
} from '@cutover/health-checks'
import type { ScriptedTraffic } from '@cutover/health-checks/testing'

const minuteMs = 60_000
const { signal } = new AbortController()

/** Six hours of history, then two hours looked at every minute, through the gate that users have. */
export async function ourGate(
  traffic: ScriptedTraffic,
  historyMinutes: number,
  options: Partial<HealthGateOptions>,
  onLook: (verdict: Verdict, us: number) => void = () => {},
): Promise<{ readonly rolledBackAt: number | undefined; readonly promotedAt: number | undefined }> {
  const startAt = (traffic.target[historyMinutes] as CountBucket).from
  let now = startAt
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: async () => {} }
  const gate = healthGate({
    source: served(traffic.source, () => now),
    target: served(traffic.target, () => now),
    ...options,
  } as HealthGateOptions)
  await gate.look({ clock, signal })
  const minutes = traffic.target.length - historyMinutes
  for (let minute = 1; minute <= minutes; minute++) {
    now = startAt + minute * minuteMs
    const before = performance.now()
    const verdict = await gate.look({ clock, signal })
    onLook(verdict, (performance.now() - before) * 1_000)
    if (verdict.kind === 'rollback') return { rolledBackAt: minute, promotedAt: undefined }
    if (verdict.kind === 'promote') return { rolledBackAt: undefined, promotedAt: minute }
  }
  return { rolledBackAt: undefined, promotedAt: undefined }
}

/** Minutes that are over, by index: the list is gapless. */
function served(buckets: readonly CountBucket[], now: () => number): CountSource {
  const first = buckets[0]?.from ?? 0
  return {
    settleMs: 0,
    async counts({ from, to }) {
      const end = Math.min(to, now())
      return buckets.slice(
        Math.max(0, Math.ceil((from - first) / minuteMs)),
        Math.max(0, Math.floor((end - first) / minuteMs)),
      )
    },
  }
}
