import { type Fault, fakeWorld } from '@cutover/core/testing'
import { allMoved, apply, caughtUp, follow, sameContent, transferQueue, turnLink, waitFor } from '@cutover/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { queues, stores } from './example.ts'

const transient = [
  'refused',
  'refused-though-done',
  'reply-lost',
  'late',
  'slow',
  'outage',
] as const satisfies readonly Fault[]

/** Which of the first writes meets what. */
const faults = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(...transient, 'crash', 'crash-late')),
  {
    maxLength: 4,
    selector: ([number]) => number,
  },
)

const key = fc.constantFrom('a', 'b', 'c', 'd')
const edit = fc.record({
  what: fc.constantFrom('write', 'overwrite', 'delete'),
  key,
  afterMs: fc.integer({ min: 0, max: 15_000 }),
})

/** Runs it as a process that may die, and again when it has, as a person would. */
async function untilDone(world: ReturnType<typeof fakeWorld>, work: () => Promise<unknown>): Promise<void> {
  for (let number = 1; ; number++) {
    const process = world.spawn(`run-${number}`)
    const end = await new Promise<'done' | 'died' | Error>((resolve) => {
      process.onStop = () => resolve('died')
      world.runAs(process, work).then(
        () => resolve('done'),
        (error: Error) => resolve(error),
      )
    })
    world.kill(process)
    if (end === 'done') return
    if (number > 60) throw end instanceof Error ? end : new Error('it dies again and again')
    await world.clock.sleep(60_000)
  }
}

test('whatever is written, whatever fails and whoever dies: forth and back, both sides end the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { maxLength: 12 }),
      fc.array(edit, { maxLength: 12 }),
      faults,
      async (first, second, plan) => {
        const world = fakeWorld({ faults: new Map(plan), lateMs: 60_000 })
        const { from, to, uploads } = stores({ a: 'A', b: 'B' }, { world })
        let number = 0
        const play = async (store: typeof from, edits: typeof first): Promise<void> => {
          for (const { what, key: name, afterMs } of edits) {
            await world.clock.sleep(afterMs)
            if (what === 'delete') store.delete(name)
            else if (what === 'write') store.write(name, `content ${++number}`)
            // A program that takes over the metadata, the marks of copies too.
            else store.write(name, `content ${++number}`, store.objects.get(name)?.metadata)
          }
        }
        const following = async (): Promise<void> => {
          const { detach } = await apply(follow(uploads), world)
          await waitFor(caughtUp(uploads), { within: '1h', clock: world.clock })
          await waitFor(sameContent(uploads), { within: '1h', clock: world.clock })
          await detach()
        }

        await Promise.all([play(from, first), untilDone(world, following)])
        await untilDone(world, following)
        const frozen = from.texts
        expect(to.texts).toEqual(frozen)

        await untilDone(world, () => apply(turnLink(uploads), world))
        await play(to, second)
        const written = to.texts
        const change = turnLink(uploads)
        await untilDone(world, async () => {
          const context = { ...world, key: '', fence() {}, report() {} }
          await change.revert({ authority: 'from' }, context)
          expect((await change.probe({ authority: 'from' }, context)).is).toBe('absent')
          const since = world.clock.now()
          await change.settle?.({ authority: 'from' }, undefined, context, { toward: 'absent', since })
        })

        expect([to.texts, from.texts]).toEqual([written, written])
      },
    ),
    { numRuns: 300 },
  )
}, 60_000)

test('whatever fails and whoever dies, every message is moved, and moved back, exactly once', async () => {
  const bodies = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(bodies, fc.integer({ min: 0, max: 10 }), faults, async (all, handledAt, plan) => {
      const world = fakeWorld({ faults: new Map(plan), lateMs: 60_000 })
      const { from, to, options } = queues(all.slice(1), { world })
      await untilDone(world, async () => {
        const { detach } = await apply(transferQueue('orders', options), world)
        if (from.bodies.length + to.bodies.length < all.length) from.push(all[0] ?? '')
        await waitFor(allMoved('orders', options), { within: '1h', clock: world.clock })
        await detach()
      })
      await world.clock.sleep(120_000)
      expect([from.bodies, to.bodies.toSorted()]).toEqual([[], all.toSorted()])

      const handled = to.take(handledAt).map(({ body }) => body)
      const change = transferQueue('orders', options)
      await untilDone(world, async () => {
        const context = { ...world, key: '', fence() {}, report() {} }
        await change.revert({ mark: null }, context)
        expect((await change.probe({ mark: null }, context)).is).toBe('absent')
      })
      await world.clock.sleep(120_000)

      expect(to.bodies).toEqual([])
      // At the source, which has no slots, what a crash left in doubt may be twice: never lost, and with one origin.
      const sources = from.take(1_000)
      expect([...new Set(sources.map(({ body }) => body)), ...handled].toSorted()).toEqual(all.toSorted())
      expect(new Set(sources.map(({ origin }) => origin)).size).toBe(all.length - handled.length)
    }),
    { numRuns: 300 },
  )
}, 60_000)
