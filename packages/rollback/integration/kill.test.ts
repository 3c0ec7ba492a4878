// Real processes, killed at every boundary of every durable journal, or stopped for longer than their lease.
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { systemClock } from '@cutover/core'
import type { JournalEntry } from '@cutover/rollback'
import { missingPostgres, type PostgresServer, postgresServer } from '@cutover/rollback/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { journalAt } from '../test/journal-at.ts'
import { forgetCompiled, inScene, type Scene } from './twelve-steps.ts'

const missing = missingPostgres()
if (missing !== undefined) {
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(missing)
  console.warn(`skipped: ${missing}`)
}

let server: PostgresServer | undefined
beforeAll(async () => {
  if (missing === undefined) server = await postgresServer()
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await forgetCompiled()
})

const kinds = ['jsonl', 'sqlite', 'postgres'].filter((kind) => kind !== 'postgres' || missing === undefined)
const names = ['one', 'two', 'queue', 'nightly', 'hourly', 'seven', 'eight', 'nine']
const atOnce = 4
/** Longer than a disk that others use too may keep a process waiting. */
const leaseMs = 3_000

const recordsOf = async (kind: string, { location }: Scene): Promise<readonly JournalEntry[]> => {
  const { journal, close } = await journalAt(kind, location, 30_000)
  try {
    return await journal.read()
  } finally {
    await close()
  }
}

/**
 * Every record is a boundary: killed right after it is acknowledged; and, where a record tells of an effect, right before it is
 * written, when the effect has happened and nobody knows. A run that stays well differs from one that is sick only at its end.
 */
async function boundaries(kind: string, sick: boolean): Promise<string[]> {
  const records = await inScene(kind, server, async (scene) => {
    const { code, printed } = await scene.start({ sick }).ended
    expect({ code, printed: printed.trim() }).toEqual({ code: 0, printed: sick ? 'rolled-back' : 'completed' })
    return recordsOf(kind, scene)
  })
  const from = sick ? 0 : records.findIndex((entry) => entry.t === 'check' && entry.step === 'the target')
  return records
    .slice(from)
    .flatMap(({ t, seq }) => [...(t === 'outcome' || t === 'reverted' ? [`before:${seq}`] : []), `after:${seq}`])
}

async function inTurns<T>(each: readonly T[], play: (item: T) => Promise<void>): Promise<void> {
  const left = [...each]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await play(item)
    }),
  )
}

const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN)

describe.each(kinds)('%s', (kind) => {
  test.each([{ sick: true }, { sick: false }])(
    'killed at every boundary of twelve steps, each effect happens once and nothing is left (sick: $sick)',
    { timeout: 900_000 },
    async ({ sick }) => {
      const kills = await boundaries(kind, sick)
      expect(kills.length).toBeGreaterThan(sick ? 60 : 5)
      const forward = sick ? names.slice(0, -1) : names
      const wanted = [
        ...forward.map((name) => `${name} target`),
        ...(sick ? forward.map((name) => `${name} source`) : []),
      ]
      const resumedMs: number[] = []

      await inTurns(kills, (kill) =>
        inScene(kind, server, async (scene) => {
          const killed = await scene.start({ sick, kill }).ended
          const { code, printed } = await scene.start({ sick, kill }).ended

          expect({ kill, signal: killed.signal, code, effects: (await scene.effects()).toSorted(), printed }).toEqual({
            kill,
            signal: 'SIGKILL',
            code: 0,
            effects: wanted.toSorted(),
            printed: expect.stringMatching(sick ? /rolled-back\n$/ : /completed\n$/),
          })
          expect(
            names.filter(
              (name) => existsSync(join(scene.directory, name)) && !existsSync(join(scene.directory, `${name}.back`)),
            ),
          ).toEqual(sick ? [] : names)
          resumedMs.push(Number(/resumed ([\d.]+)/.exec(printed)?.[1] ?? Number.NaN))
        }),
      )
      const known = resumedMs.filter((ms) => !Number.isNaN(ms))
      console.log(
        `${kind}, sick ${sick}: ${kills.length} kills, ${atOnce} at once; went on after ${median(known)} ms (median)`,
      )
    },
  )

  test('stopped for longer than its lease, it is followed, and refused at its next write', { timeout: 60_000 }, () =>
    inScene(kind, server, async (scene) => {
      await writeFile(join(scene.directory, 'hold'), '')
      const zombie = scene.start({ leaseMs })
      await zombie.says('holding')
      zombie.child.kill('SIGSTOP')
      await rm(join(scene.directory, 'hold'))
      await systemClock.sleep(leaseMs + 100)
      const successor = await scene.start({ leaseMs }).ended
      const [records, effects] = [await recordsOf(kind, scene), await scene.effects()]

      zombie.child.kill('SIGCONT')
      const woken = await zombie.ended

      expect(successor).toMatchObject({ code: 0, printed: expect.stringMatching(/completed\n$/) })
      expect(woken).toMatchObject({ code: 1, printed: expect.stringMatching(/CUTOVER_FENCED/) })
      expect(await recordsOf(kind, scene)).toEqual(records)
      expect(await scene.effects()).toEqual(effects)
      expect(effects.filter((effect) => effect === 'eight target')).toHaveLength(1)
    }),
  )

  test('stopped for less than its lease, it goes on', { timeout: 60_000 }, () =>
    inScene(kind, server, async (scene) => {
      await writeFile(join(scene.directory, 'hold'), '')
      const stopped = scene.start({ leaseMs: 10_000 })
      await stopped.says('holding')
      stopped.child.kill('SIGSTOP')
      await systemClock.sleep(300)
      stopped.child.kill('SIGCONT')
      await rm(join(scene.directory, 'hold'))

      expect(await stopped.ended).toMatchObject({ code: 0, printed: expect.stringMatching(/completed\n$/) })
    }),
  )
})
