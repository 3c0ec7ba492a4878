import { Decimal, decimal, formatMoney, minusMoney, money, sumMoney, timesMoney } from '@cutover/cost-watch'
import { assert, bigInt, integer, property } from 'fast-check'
import { expect, test } from 'vitest'

const amount = { digits: bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), scale: integer({ min: 0, max: 12 }) }

test('sums and products are exact, whatever the size and the order', () => {
  assert(
    property(amount.digits, amount.scale, amount.digits, amount.scale, (a, aScale, b, bScale) => {
      const [one, other] = [new Decimal(a, aScale), new Decimal(b, bScale)]
      const unit = 10n ** 12n
      const whole = (digits: bigint, scale: number): bigint => digits * 10n ** BigInt(12 - scale)

      expect(decimal(one.plus(other).toString()).compare(new Decimal(whole(a, aScale) + whole(b, bScale), 12))).toBe(0)
      expect(one.times(other).compare(other.times(one))).toBe(0)
      expect(
        one
          .times(other)
          .times(decimal(unit * unit))
          .toString(),
      ).toBe((whole(a, aScale) * whole(b, bScale)).toString())
      expect(one.plus(other).minus(other).compare(one)).toBe(0)
      expect(decimal(one.toString()).compare(one)).toBe(0)
    }),
  )
})

test('a quotient is off by half of its last place at most', () => {
  assert(
    property(amount.digits, bigInt({ min: 1n, max: 10n ** 12n }), (a, b) => {
      const [one, other] = [new Decimal(a, 2), new Decimal(b, 3)]
      const error = one.dividedBy(other, 6).times(other).minus(one)
      const half = other.times(new Decimal(5n, 7))
      expect(error.compare(half)).not.toBe(1)
      expect(error.compare(new Decimal(-half.digits, half.scale))).not.toBe(-1)
    }),
  )
})

test('a number means its shortest text', () => {
  expect(decimal(0.1).plus(decimal(0.2)).toString()).toBe('0.3')
  expect(decimal('1.66667e-05').toString()).toBe('0.0000166667')
  expect(decimal(1e21).toString()).toBe('1000000000000000000000')
})

test.each([['NaN'], ['Infinity'], [''], ['1,000'], ['0x10'], ['1.'], [Number.NaN]])('%s is no amount', (text) => {
  expect(() => decimal(text)).toThrow(/wanted a decimal number/)
})

test('half a unit is rounded to even', () => {
  expect(['0.125', '0.135', '-0.125', '2.5'].map((text) => decimal(text).toFixed(2))).toEqual([
    '0.12',
    '0.14',
    '-0.12',
    '2.50',
  ])
})

test('two currencies never meet in a sum', () => {
  const mixed = expect.objectContaining({ code: 'COST_CURRENCY_MIXED' })
  expect(() => sumMoney([money(1, 'USD'), money(1, 'EUR')])).toThrow(mixed)
  expect(() => minusMoney(money(1, 'USD'), money(1, 'EUR'))).toThrow(mixed)
})

test('a sum of nothing has no currency, unless it is told one', () => {
  expect(() => sumMoney([])).toThrow(/currency is ""/)
  expect(sumMoney([], 'EUR')).toEqual({ amount: '0', currency: 'EUR' })
})

test('money is plain JSON', () => {
  expect(structuredClone(timesMoney(money('0.1', 'USD'), 3))).toEqual({ amount: '0.3', currency: 'USD' })
})

test.each([
  ['1234567.891', 'USD', '$1,234,567.89'],
  ['-3.1', 'USD', '-$3.10'],
  ['0.000354', 'USD', '$0.00035'],
  ['0', 'USD', '$0.00'],
  ['1040', 'EUR', 'EUR 1,040.00'],
])('%s %s reads %s', (text, currency, shown) => {
  expect(formatMoney(money(text, currency))).toBe(shown)
})
