import { memoryHeadroom, type MemoryHeadroomOptions, reportedMemory } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const source = (megabytes?: number, executions = 10_000) => ({
  name: 'lambda:orders',
  peak: () => Promise.resolve(megabytes === undefined ? undefined : { megabytes, executions }),
})
const flex: MemoryHeadroomOptions = { instanceMemoryMb: 2_048, perInstance: 10 }

const ask = (peak = source(120), options: Partial<MemoryHeadroomOptions> = {}) =>
  memoryHeadroom(peak, { ...flex, ...options }).run(contextOf())

test('an execution has its share of an instance', async () => {
  expect(await ask()).toMatchObject({
    status: 'pass',
    evidence: { peakMb: 120, executions: 10_000, shareMb: 163.84, headroom: 1.37, bears: 13 },
  })
})

test('one that does not fit is a fail, and says how it would', async () => {
  expect(await ask(source(300))).toMatchObject({
    status: 'fail',
    text: 'lambda:orders takes 300 MB at the 99.9th percentile, its share is 163 MB: let an instance run at most 5 at a time',
  })
  expect(await ask(source(3_000))).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/take larger instances/),
  })
})

test('one execution at a time has the instance alone', async () => {
  expect(await ask(source(1_600), { perInstance: 1 })).toMatchObject({ status: 'pass' })
})

test('without a peak, or with one of too few executions, it is undecided', async () => {
  expect(await ask(source())).toMatchObject({ status: 'undecided' })
  expect(await ask(source(100, 999))).toMatchObject({ status: 'undecided', text: expect.stringMatching(/999 .* 1000/) })
  expect(await ask(source(300, 999))).toMatchObject({ status: 'fail' })
})

test('a worker that was restarted is a fail, and restarts that nobody knows of are undecided', async () => {
  expect(await ask(source(100), { restarts: () => Promise.resolve(2) })).toMatchObject({
    status: 'fail',
    evidence: { restarts: 2 },
  })
  expect(await ask(source(100), { restarts: () => Promise.resolve(undefined) })).toMatchObject({ status: 'undecided' })
  expect(await ask(source(100), { restarts: () => Promise.resolve(0) })).toMatchObject({ status: 'pass' })
})

test('the peak of reported executions is their 99.9th percentile', async () => {
  const line = (megabytes: number) =>
    `REPORT RequestId: 1 Duration: 12.3 ms Billed Duration: 13 ms Memory Size: 512 MB Max Memory Used: ${megabytes} MB`
  const lines = Array.from({ length: 2_000 }, (_, i) => line(i < 3 ? 900 + i : 100))

  expect(await reportedMemory('f', () => Promise.resolve(lines)).peak()).toEqual({ megabytes: 900, executions: 2_000 })
  expect(await reportedMemory('f', () => Promise.resolve(['START', 'END'])).peak()).toBeUndefined()
})

test('options that cannot be meant are refused', () => {
  for (const options of [
    { ...flex, instanceMemoryMb: 0 },
    { ...flex, perInstance: 0 },
    { ...flex, usable: 1.1 },
    { ...flex, headroom: 2 } as never,
  ] satisfies MemoryHeadroomOptions[]) {
    expect(() => memoryHeadroom(source(1), options)).toThrow(
      expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }),
    )
  }
})
