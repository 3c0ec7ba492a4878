import type { Found, RecordType, WeightedRecordSet } from '../../dns-zone.ts'
import { type AddCase, conflicts, equal, failed, overJournal, type ZoneTrial } from './zone-trial.ts'

interface Given {
  /** Of a zone that creates none. */
  readonly weighted?: { readonly name: string; readonly type: RecordType } | undefined
}

/** Sets by weight: their weights are replaced, compared, and come back exactly. */
export function weightedCases(add: AddCase, { weighted: there }: Given): void {
  const wants = { wants: ({ supports }: ZoneTrial['zone']): boolean => supports.weighted !== false }

  /** A weighted set as the authority has it: its own, or one that is made. */
  const start = async ({ zone, name, create }: ZoneTrial): Promise<Found & { readonly set: WeightedRecordSet }> => {
    const found = there
      ? await zone.find(there.name, there.type)
      : await create({
          kind: 'weighted',
          name: name(),
          type: 'CNAME',
          members: [
            { id: 'source', weight: 100, ttlSeconds: 60, values: ['source.example.net'] },
            { id: 'target', weight: 1, ttlSeconds: 60, values: ['target.example.net'] },
          ],
        })
    if (found?.set.kind === 'weighted') return { ...found, set: found.set }
    return failed(`a weighted record: found ${JSON.stringify(found?.set)}`)
  }

  for (const { what, weights } of [
    { what: 'weights', weights: [25, 75] },
    { what: 'a weight by none at all', weights: [99, 0] },
  ]) {
    add(
      `replaces ${what}`,
      async (trial) => {
        const { zone, find } = trial
        const before = await start(trial)
        const next = withWeights(before.set, weights)

        await zone.replace(before, next)

        equal(weightsIn(await find(next)), weightsIn(next), 'weights')
      },
      wants,
    )
    add(
      `puts weights back from what a journal kept, after it replaced ${what}`,
      async (trial) => {
        const { zone, find } = trial
        const before = await start(trial)
        const { name, type } = before.set

        await zone.replace(before, withWeights(before.set, weights))
        await zone.replace(await zone.find(name, type), overJournal(before.set))

        equal(await find(before.set), before.set, 'record that was put back')
      },
      wants,
    )
  }

  add(
    'does not replace weights that are others by now',
    async (trial) => {
      const { zone, find } = trial
      const stale = await start(trial)
      const theirs = withWeights(stale.set, [50, 50])
      await zone.replace(stale, theirs)

      await conflicts(zone.replace(stale, withWeights(stale.set, [10, 90])))

      equal(weightsIn(await find(theirs)), weightsIn(theirs), 'their weights')
    },
    wants,
  )

  add(
    'replaces the TTL of every answer',
    async (trial) => {
      const { zone, find } = trial
      const before = await start(trial)
      const next = { ...before.set, members: before.set.members.map((member) => ({ ...member, ttlSeconds: 20 })) }

      await zone.replace(before, next)
      equal(await find(next), next, 'record')
    },
    wants,
  )
}

const withWeights = (set: WeightedRecordSet, weights: readonly number[]): WeightedRecordSet => ({
  ...set,
  members: set.members.map((member, place) => ({ ...member, weight: weights[place] ?? member.weight })),
})

const weightsIn = (set: unknown): unknown =>
  (set as Partial<WeightedRecordSet> | undefined)?.members?.map(({ id, weight }) => [id, weight])
