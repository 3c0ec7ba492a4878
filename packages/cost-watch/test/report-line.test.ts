import { gbSeconds, invocationRows, isReport, lambdaRows, type LambdaShape, parseReport } from '@cutover/cost-watch'
import { expect, test } from 'vitest'

import { day, hourMs } from './usage.ts'

// As Lambda wrote it, in a public log.
const cold =
  'REPORT RequestId: 8f10f676-9f28-4dd8-ae05-83fe17ac5f8e\tDuration: 31414.74 ms\tBilled Duration: 31964 ms\tMemory Size: 2048 MB\tMax Memory Used: 273 MB\tInit Duration: 548.72 ms\t\nXRAY TraceId: 1-6a653017\tSegmentId: db31\tSampled: true'
const json =
  '{"time":"2025-11-30T22:35:51.578909Z","type":"platform.report","record":{"requestId":"0c90003a-8970-474c-b696-fca5336ef4f5","status":"success","metrics":{"durationMs":13.74,"billedDurationMs":14,"memorySizeMB":128,"maxMemoryUsedMB":64}}}'

test('a REPORT line gives what was billed, INIT included', () => {
  expect(parseReport(cold, day + 40_000)).toEqual({
    requestId: '8f10f676-9f28-4dd8-ae05-83fe17ac5f8e',
    startedAt: day + 8_585,
    durationMs: 31_414.74,
    billedMs: 31_964,
    memoryMb: 2_048,
    maxMemoryUsedMb: 273,
    initMs: 548.72,
  })
})

test('a JSON log says the same in other words', () => {
  expect(parseReport(json, day)).toMatchObject({ durationMs: 13.74, billedMs: 14, memoryMb: 128, maxMemoryUsedMb: 64 })
})

test('spaces do for tabs, a time may stand before, and a timeout after', () => {
  const line =
    '2026-11-20T00:00:01.000Z REPORT RequestId: a Duration: 3000.00 ms Billed Duration: 3000 ms Memory Size: 128 MB Max Memory Used: 60 MB Status: timeout'
  expect(parseReport(line, day)).toMatchObject({
    requestId: 'a',
    durationMs: 3_000,
    billedMs: 3_000,
    initMs: undefined,
  })
})

test('other lines are no invocations', () => {
  for (const line of [
    'START RequestId: a Version: $LATEST',
    'END RequestId: a',
    '{"type":"platform.start"}',
    '{',
    '',
    'my REPORT',
  ]) {
    expect(parseReport(line, day)).toBeUndefined()
    expect(isReport(line)).toBe(false)
  }
})

test('a report without its billed duration is a report all the same, and not free', () => {
  const line = 'REPORT RequestId: a\tDuration: 5.00 ms\tMemory Size: 128 MB'
  expect(parseReport(line, day)).toBeUndefined()
  expect(isReport(line)).toBe(true)
})

const shape: LambdaShape = { functionName: 'orders', account: '1', region: 'us-east-1', memoryMb: 128 }

test('invocations are summed by the hour in which they began, and by the memory that they had', () => {
  const invocation = (startedAt: number, billedMs: number, memoryMb: number) => ({
    requestId: String(startedAt),
    startedAt,
    durationMs: billedMs - 0.5,
    billedMs,
    memoryMb,
  })
  const rows = invocationRows(
    shape,
    [
      invocation(day + hourMs - 1, 1_000, 128),
      invocation(day, 24, 128),
      invocation(day, 1_000, 256),
      invocation(day - 1, 9, 128),
    ],
    { from: day, to: day + 2 * hourMs },
  )

  expect(rows.map(({ meter, from, quantity }) => [meter, (from - day) / hourMs, quantity])).toEqual([
    ['lambda/requests', 0, '2'],
    ['lambda/gb-seconds/x86_64', 0, '0.128'],
    ['lambda/requests', 0, '1'],
    ['lambda/gb-seconds/x86_64', 0, '0.25'],
  ])
})

test('GB-seconds are exact', () => {
  expect(gbSeconds(1).toString()).toBe('0.0000009765625')
  expect(gbSeconds(1_024_000).toString()).toBe('1')
})

test('of a function that ran on provisioned concurrency in part, either price may be that of all seconds', () => {
  const rows = lambdaRows(
    { ...shape, memoryMb: 1_024, provisionedConcurrency: 2 },
    { from: day, to: day + hourMs, requests: 100, billedMs: 10_000, onProvisioned: 75, complete: true },
  )
  expect(rows).toMatchObject([
    { meter: 'lambda/requests', quantity: '100' },
    { meter: 'lambda/provisioned-gb-seconds/x86_64', quantity: '7.5', range: { low: '0', high: '10' } },
    { meter: 'lambda/gb-seconds/x86_64', quantity: '2.5', range: { low: '0', high: '10' } },
    { meter: 'lambda/provisioned/x86_64', quantity: '7200' },
  ])
})

test('the first 512 MB of /tmp are free', () => {
  const meters = (ephemeralStorageMb: number) =>
    lambdaRows(
      { ...shape, ephemeralStorageMb },
      { from: day, to: day + hourMs, requests: 1, billedMs: 1_000, complete: true },
    )
      .filter(({ meter }) => meter === 'lambda/storage-gb-seconds')
      .map(({ quantity }) => quantity)
  expect(meters(512)).toEqual([])
  expect(meters(1_536)).toEqual(['1'])
})
