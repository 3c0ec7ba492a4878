import { type Duration, durationMs, formatDuration, formatInstant, isCutoverError } from '@cutover/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test.each<[Duration, number]>([
  ['0s', 0],
  ['500ms', 500],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['3d', 259_200_000],
])('%s is %i ms', (duration, ms) => {
  expect(durationMs(duration)).toBe(ms)
})

test.each([
  '',
  '15',
  's',
  '15 m',
  ' 15m',
  '15m ',
  '-5s',
  '+5s',
  '1e3s',
  '0x10s',
  '.5s',
  '5.s',
  'Infinitys',
  'NaNs',
  '1h30m',
  '5M',
  '5sec',
  '15m\n',
])('refuses %j, naming the option', (duration) => {
  const error = thrown(() => durationMs(duration as Duration, 'within'))

  expect(isCutoverError(error, 'DURATION_INVALID')).toBe(true)
  expect(String(error)).toContain(`within is ${JSON.stringify(duration)}`)
})

test('refuses what is no text, for callers without types', () => {
  const error = thrown(() => durationMs(undefined as unknown as Duration, 'every'))

  expect(String(error)).toContain('every is undefined')
})

test.each([
  [-5, '0ms'],
  [0, '0ms'],
  [0.4, '0ms'],
  [999, '999ms'],
  [999.6, '1s'],
  [1_000, '1s'],
  [52_000, '52s'],
  [59_600, '1m'],
  [75_000, '1m15s'],
  [3_599_600, '1h'],
  [6 * 3_600_000 + 120_000, '6h02m'],
  [86_370_000, '1d'],
  [3 * 86_400_000, '3d'],
  [3 * 86_400_000 + 4 * 3_600_000, '3d04h'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('a duration is written rounded to its second unit, and never with 60 seconds, 60 minutes or 24 hours', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 * 86_400_000 }), (ms) => {
      const text = formatDuration(ms)
      const back = [...text.matchAll(/(\d+)(ms|[smhd])/g)].reduce(
        (sum, [part]) => sum + durationMs(part as Duration),
        0,
      )

      expect(Math.abs(back - ms)).toBeLessThanOrEqual(
        ms < 1_000 ? 0.5 : ms < 3_600_000 ? 500 : ms < 86_400_000 ? 30_500 : 1_830_500,
      )
      expect(text).not.toMatch(/60[sm]|24h/)
    }),
  )
})

test('an instant is written for people, in UTC and without milliseconds', () => {
  expect(formatInstant(Date.UTC(2026, 10, 20, 2, 15, 0, 7))).toBe('2026-11-20T02:15:00Z')
})

function thrown(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}
