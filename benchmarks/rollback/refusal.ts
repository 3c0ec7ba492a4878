import { join } from 'node:path'

import { fileJournal, isCutoverError, runCutover } from '@cutover/rollback'

import { median } from './figures.ts'
import { nothing } from './nothing.ts'

/** Milliseconds until a script whose outline was edited in the middle is refused, with the difference, on a journal of fifty steps. */
export async function refuseMs(directory: string, rounds: number): Promise<number> {
  const outline = Array.from({ length: 100 }, (_, i) => ({ step: `bench:set:${i}`, title: `Set ${i}` }))
  const journal = fileJournal(join(directory, 'edited.jsonl'))
  const options = { id: 'edited', journal, interruptible: false } as const
  const interrupted: unknown = await runCutover({ ...options, outline }, async (cutover) => {
    for (let i = 0; i < 50; i++) await cutover.apply(nothing(i))
    throw new Error('power cut')
  }).catch((error: unknown) => error)
  if (!(interrupted instanceof Error) || interrupted.message !== 'power cut') throw interrupted
  const edited = outline.toSpliced(30, 1, { step: 'bench:set:edited', title: 'Set something else' })
  const took: number[] = []
  for (let i = 0; i < rounds; i++) {
    const startedAt = performance.now()
    const refused: unknown = await runCutover({ ...options, outline: edited }, async () => {}).catch(
      (error: unknown) => error,
    )
    took.push(performance.now() - startedAt)
    if (!isCutoverError(refused, 'CUTOVER_PLAN_CHANGED') || !/- Set 30\n +\+ Set something else/.test(refused.message))
      throw refused
  }
  return median(took)
}
