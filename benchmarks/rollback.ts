// What a step costs in a file journal, against a bare loop that appends and flushes as many lines of the same size.
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { defineChange } from '@cutover/core'
import { fileJournal, runCutover } from '@cutover/rollback'

import type { Benchmark } from './run.ts'

const steps = 300
const rounds = 7

/** A change whose service costs nothing: what is left is the engine and its records (intent, outcome, settled). */
const nothing = (number: number) => {
  let done = false
  return defineChange({
    id: `bench:set:${number}`,
    subject: `bench:${number}`,
    title: `Set ${number}`,
    intent: { number },
    lateMs: 0,
    capture: async () => ({
      name: 'api.example.com',
      type: 'CNAME',
      ttlSeconds: 300,
      values: ['d-1.execute-api.us-east-1.amazonaws.com'],
    }),
    probe: async () => (done ? { is: 'applied', seen: { number } } : { is: 'absent' }),
    apply: async (_before, { fence }) => {
      fence()
      done = true
    },
    revert: async () => {
      done = false
    },
    settle: async () => ({ number }),
  })
}

async function throughTheEngine(directory: string): Promise<{ readonly stepMs: number[]; readonly sizes: number[] }> {
  const file = join(directory, 'journal.jsonl')
  const stepMs: number[] = []
  await runCutover({ id: 'bench', journal: fileJournal(file), interruptible: false }, async (cutover) => {
    for (let i = 0; i < steps; i++) {
      const startedAt = performance.now()
      await cutover.apply(nothing(i))
      stepMs.push(performance.now() - startedAt)
    }
  })
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(1, -1)
  return { stepMs, sizes: lines.map((line) => Buffer.byteLength(line) + 1) }
}

/** Three appended and flushed lines, of the sizes that a step's three records have. */
async function bareLoop(directory: string, sizes: readonly number[]): Promise<number[]> {
  const handle = await open(join(directory, 'bare.jsonl'), 'a')
  const stepMs: number[] = []
  for (let i = 0; i + 3 <= sizes.length; i += 3) {
    const lines = sizes.slice(i, i + 3).map((size) => Buffer.alloc(size, 'x'))
    const startedAt = performance.now()
    for (const line of lines) {
      await handle.write(line)
      await handle.datasync()
    }
    stepMs.push(performance.now() - startedAt)
  }
  await handle.close()
  return stepMs
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Rounds of both, one after the other, so that a machine that slows down slows both. */
const benchmark: Benchmark = async () => {
  const table: Record<string, Record<string, number>> = {}
  const ratios: number[] = []
  const all: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const directory = await mkdtemp(join(tmpdir(), 'cutover-bench-'))
    const { stepMs, sizes } = await throughTheEngine(directory)
    const bareMs = await bareLoop(directory, sizes)
    await rm(directory, { recursive: true })
    // The first round warms up.
    if (round === 0) continue
    const [engine, bare] = [median(stepMs), median(bareMs)]
    ratios.push(engine / bare)
    all.push(...stepMs)
    table[`round ${round}`] = {
      'step p50 ms': rounded(engine),
      '3 bare appends p50 ms': rounded(bare),
      ratio: rounded(engine / bare),
    }
  }
  return { table, result: { ratioToBareFsync: rounded(median(ratios)), stepP50Ms: rounded(median(all)) } }
}

export default benchmark

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
