// Small worlds and scripts, each with one thing wrong: what a rehearsal must say about it.
import { type Change, defineChange } from '@cutover/core'
import type { FakeWorld } from '@cutover/core/testing'

import { type Cell, inMemoryCell, set } from './scenario.ts'

export type Cells = Readonly<Record<'a' | 'b' | 'c', Cell>>

export const cells = (world: FakeWorld): Cells => ({
  a: inMemoryCell(world, 'a', 'source'),
  b: inMemoryCell(world, 'b', 'source'),
  c: inMemoryCell(world, 'c', 'source'),
})

export const setA = ({ a }: Cells): Change<string, { readonly to: string }> => set(a, 'a', 'target')
export const setB = ({ b }: Cells): Change<string, { readonly to: string }> => set(b, 'b', 'target')
export const setC = ({ c }: Cells): Change<string, { readonly to: string }> => set(c, 'c', 'target')

/** Sets two cells, and puts back one. */
export const setBoth = ({ a, b }: Cells): Change<string, void> =>
  defineChange({
    id: 'both',
    subject: 'both',
    title: 'Set both',
    intent: {},
    lateMs: 45_000,
    capture: ({ signal }) => a.read({ signal }),
    probe: async (before, { signal }) =>
      (await a.read({ signal })) === before ? { is: 'absent' } : { is: 'applied', seen: undefined },
    async apply(before, { signal, fence }) {
      await a.write(before, 'target', { signal, fence })
      if ((await b.read({ signal })) !== 'target') await b.write('source', 'target', { signal, fence })
    },
    async revert(before, { signal, fence }) {
      if ((await a.read({ signal })) === 'target') await a.write('target', before, { signal, fence })
    },
  })

export interface Work {
  readonly source: Cell
  readonly target: Cell
  readonly waiting: string[]
}

/** Work that arrives every ten seconds, and two sides that may take it. */
export function work(world: FakeWorld): Work {
  const waiting: string[] = []
  world.holds('queue', () => waiting)
  return { source: inMemoryCell(world, 'source', 'on'), target: inMemoryCell(world, 'target', 'off'), waiting }
}

/** `copies`: each side takes all that there is, instead of sharing it. */
export function workers(
  { source, target, waiting }: Work,
  world: FakeWorld,
  { listens = false, copies = false } = {},
): () => void {
  let number = 0
  const stopArriving = world.repeat(10_000, () => {
    const what = `order-${++number}`
    waiting.push(what)
    world.observe({ kind: 'accepted', what, by: 'queue' })
  })
  const stopWork = world.repeat(
    10_000,
    () => {
      const sides = [
        ['source', source],
        ['target', target],
      ] as const
      const taken = copies ? waiting.splice(0) : undefined
      for (const [side, { value }] of sides) {
        if (listens) world.observe({ kind: 'listening', source: 'queue', side, on: value === 'on' })
        if (value === 'on')
          for (const what of taken ?? waiting.splice(0)) world.observe({ kind: 'handled', what, by: side })
      }
    },
    15_000,
  )
  return () => {
    stopArriving()
    world.later(30_000, stopWork)
  }
}
