import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'

/** Digits and a point, as a price list writes them. A number means its shortest text: `0.1` is one tenth, exactly. */
export type DecimalLike = string | number | bigint

const form = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/
const powers: bigint[] = []

/** An exact decimal number: `digits` ÷ 10^`scale`. Adding and multiplying never round. */
export class Decimal {
  static readonly zero: Decimal = new Decimal(0n, 0)
  readonly digits: bigint
  readonly scale: number

  constructor(digits: bigint, scale: number) {
    this.digits = digits
    this.scale = scale
  }

  /** @throws CutoverError `COST_USAGE_INVALID` for what is no finite decimal number; `what` names it. */
  static from(value: DecimalLike | Decimal, what = 'number'): Decimal {
    if (value instanceof Decimal) return value
    if (typeof value === 'bigint') return new Decimal(value, 0)
    if (typeof value === 'number' && Number.isSafeInteger(value)) return new Decimal(BigInt(value), 0)
    const match = form.exec(String(value))
    if (!match) throw invalid(`${what} is ${JSON.stringify(value) ?? String(value)}; wanted a decimal number`)
    const [, sign, whole = '', fraction = '', exponent = '0'] = match
    const scale = fraction.length - Number(exponent)
    const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n)
    return scale >= 0 ? new Decimal(digits, scale) : new Decimal(digits * power(-scale), 0)
  }

  plus(other: Decimal): Decimal {
    if (this.scale === other.scale) return new Decimal(this.digits + other.digits, this.scale)
    if (this.scale < other.scale) return other.plus(this)
    return new Decimal(this.digits + other.digits * power(this.scale - other.scale), this.scale)
  }

  minus(other: Decimal): Decimal {
    return this.plus(new Decimal(-other.digits, other.scale))
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.digits * other.digits, this.scale + other.scale)
  }

  /** Rounds half to even at that many decimal places: quotients are the only numbers that are not exact. */
  dividedBy(other: Decimal, places = 18): Decimal {
    if (other.digits === 0n) throw invalid('divided by zero')
    const [above, below] = [this.digits * power(other.scale), other.digits * power(this.scale)]
    return new Decimal(halfEven(above * power(places), below), places)
  }

  /** Half to even, as banks do. */
  rounded(places: number): Decimal {
    return this.scale <= places ? this : new Decimal(halfEven(this.digits, power(this.scale - places)), places)
  }

  compare(other: Decimal): -1 | 0 | 1 {
    const { digits } = this.minus(other)
    return digits < 0n ? -1 : digits > 0n ? 1 : 0
  }

  get isZero(): boolean {
    return this.digits === 0n
  }

  toNumber(): number {
    return Number(this.toString())
  }

  /** Without an exponent and without zeros at the end: `0.0000166667`. */
  toString(): string {
    const text = (this.digits < 0n ? -this.digits : this.digits).toString().padStart(this.scale + 1, '0')
    const point = text.length - this.scale
    const fraction = text.slice(point).replace(/0+$/, '')
    return `${this.digits < 0n ? '-' : ''}${text.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`
  }

  /** With exactly so many decimal places: `2.73`. */
  toFixed(places: number): string {
    const text = this.rounded(places).toString()
    const [whole = '', fraction = ''] = text.split('.')
    return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`
  }
}

export const decimal = (value: DecimalLike | Decimal, what?: string): Decimal => Decimal.from(value, what)

export const least = (one: Decimal, other: Decimal): Decimal => (one.compare(other) <= 0 ? one : other)

export const greatest = (one: Decimal, other: Decimal): Decimal => (one.compare(other) >= 0 ? one : other)

function power(exponent: number): bigint {
  return (powers[exponent] ??= 10n ** BigInt(exponent))
}

function halfEven(above: bigint, below: bigint): bigint {
  const negative = above < 0n !== below < 0n
  const [a, b] = [above < 0n ? -above : above, below < 0n ? -below : below]
  const whole = a / b
  const twice = (a % b) * 2n
  const up = twice > b || (twice === b && whole % 2n === 1n)
  const result = up ? whole + 1n : whole
  return negative ? -result : result
}

const invalid = (text: string): CutoverError<CostErrorCode> => new CutoverError('COST_USAGE_INVALID', text)
