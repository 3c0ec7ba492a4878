import { type FakeWorld, fakeWorld } from '@cutover/core/testing'
import { healthGate, type HealthGate, type HealthGateOptions, type Verdict } from '@cutover/health-checks'
import {
  inMemoryCounts,
  type InMemoryCounts,
  type InMemoryCountsOptions,
  scriptedTraffic,
  type ScriptedTrafficOptions,
} from '@cutover/health-checks/testing'

export const minuteMs = 60_000

interface GateWorldOptions {
  readonly traffic?: ScriptedTrafficOptions
  readonly counts?: InMemoryCountsOptions
  readonly gate?: Partial<HealthGateOptions>
}

interface GateWorld {
  readonly world: FakeWorld
  readonly source: InMemoryCounts
  readonly target: InMemoryCounts
  readonly gate: HealthGate
  /** Looks every minute until it is decided, or `minutes` are over. */
  looks(minutes?: number): Promise<Verdict[]>
}

/** Scripted traffic with six hours of history, both sides' counts in a fake world, and a gate over them. */
export function gateWorld({ traffic = {}, counts = {}, gate: options = {} }: GateWorldOptions = {}): GateWorld {
  const world = fakeWorld()
  const { source: ofSource, target: ofTarget } = scriptedTraffic({
    historyMinutes: 360,
    startAt: world.clock.now(),
    ...traffic,
  })
  const source = inMemoryCounts(world, ofSource, { ...counts, name: 'source' })
  const target = inMemoryCounts(world, ofTarget, { ...counts, name: 'target' })
  const gate = healthGate({ source, target, ...options } as HealthGateOptions)
  return {
    world,
    source,
    target,
    gate,
    async looks(minutes = 130) {
      const verdicts: Verdict[] = []
      for (let i = 0; i <= minutes; i++) {
        const verdict = await gate.look(world)
        verdicts.push(verdict)
        if (verdict.kind === 'rollback' || verdict.kind === 'promote') break
        await world.clock.sleep(minuteMs)
      }
      return verdicts
    },
  }
}
