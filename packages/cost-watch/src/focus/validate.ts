import { decimal } from '../money/decimal.ts'
import { type FocusColumn, focusColumns } from './columns.ts'

/** What the specification has against a row. */
export interface FocusProblem {
  /** The row's place, from 0. */
  readonly row: number
  readonly column: string
  /** One English sentence. */
  readonly text: string
}

type Row = Readonly<Record<string, unknown>>

const byName = new Map(focusColumns.map((column) => [column.name, column]))
const number = /^-?\d+(\.\d+)?(E-?\d+)?$/
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/**
 * Holds rows to FOCUS 1.2: columns there and known, no null where none may be, formats, allowed values, and the rules between
 * columns. Empty when all is well.
 */
export function validateFocus(rows: Iterable<object>): readonly FocusProblem[] {
  const problems: FocusProblem[] = []
  let at = 0
  for (const row of rows) {
    const say = (column: string, text: string): void => void problems.push({ row: at, column, text })
    const given = row as Row
    for (const column of focusColumns) checkColumn(column, given, say)
    for (const name of Object.keys(given)) {
      if (!byName.has(name) && !/^x_[A-Z]\w*$/.test(name)) {
        say(name, `${name} is no column of FOCUS 1.2, and no custom one, which begin with x_`)
      }
    }
    checkBetween(given, say)
    at += 1
  }
  return problems
}

type Say = (column: string, text: string) => void

function checkColumn({ name, level, mayBeNull, type, allowed }: FocusColumn, row: Row, say: Say): void {
  if (!(name in row)) {
    if (level === 'mandatory') say(name, `${name} is mandatory and not there`)
    return
  }
  const value = row[name]
  if (value === null) {
    if (!mayBeNull) say(name, `${name} is null, which it must not be`)
    return
  }
  if (value === undefined) return say(name, `${name} is undefined; FOCUS knows null, or no column`)
  if (type === 'json') {
    if (typeof value !== 'object' || Array.isArray(value)) say(name, `${name} is no object of keys and values`)
    return
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (type === 'decimal') {
    if (!number.test(text)) say(name, `${name} is ${text}, which is no number as FOCUS writes them`)
    return
  }
  if (typeof value !== 'string') return say(name, `${name} is a ${typeof value}; wanted a text`)
  if (value === '' || value.trim() !== value) say(name, `${name} is empty, or has space around it`)
  if (type === 'date' && !(instant.test(value) && isDay(value))) {
    say(name, `${name} is ${value}; wanted UTC, as 2026-11-20T00:00:00Z`)
  }
  if (allowed && !allowed.includes(value)) say(name, `${name} is ${value}; wanted one of ${allowed.join(', ')}`)
  if (name.endsWith('Currency') && !/^[A-Z]{3}$/.test(value)) say(name, `${name} is ${value}; wanted ISO 4217, as USD`)
}

/** The rules that say: null when, not null when, must match. Each is a sentence of a column's own file. */
function checkBetween(row: Row, say: Say): void {
  const isCorrection = row['ChargeClass'] === 'Correction'
  const category = row['ChargeCategory']
  const isUsage = category === 'Usage'
  const isSold = isUsage || category === 'Purchase'
  const isNull = (name: string): boolean => row[name] === null || row[name] === undefined
  const neverNull = (name: string): void => {
    if (name in row && isNull(name)) say(name, `${name} is null on a ${String(category)} row that is no correction`)
  }

  if (isSold && !isCorrection) {
    for (const name of ['PricingQuantity', 'PricingCategory', 'ListUnitPrice', 'SkuId', 'SkuPriceId']) neverNull(name)
  }
  if (category === 'Tax') {
    for (const name of ['PricingQuantity', 'PricingCategory', 'ListUnitPrice', 'SkuId', 'SkuPriceId', 'SkuMeter']) {
      if (!isNull(name)) say(name, `${name} is not null on a Tax row`)
    }
  }
  if (isUsage && !isCorrection && row['CommitmentDiscountStatus'] !== 'Unused') neverNull('ConsumedQuantity')
  if (!isUsage && !isNull('ConsumedQuantity')) say('ConsumedQuantity', 'ConsumedQuantity is only for Usage')
  if (category === 'Purchase' && row['ChargeFrequency'] === 'Usage-Based') {
    say('ChargeFrequency', 'ChargeFrequency is Usage-Based on a Purchase row')
  }
  for (const [name, of] of pairs) {
    if (isNull(of) && !isNull(name)) say(name, `${name} is there without ${of}`)
    if (bothWays.has(name) && !isNull(of) && name in row && isNull(name))
      say(name, `${name} is null although ${of} is not`)
  }
  for (const [price, cost] of products) {
    if (isNull(price) || isNull('PricingQuantity') || isNull(cost) || isCorrection) continue
    if (![price, cost, 'PricingQuantity'].every((name) => number.test(String(row[name])))) continue
    const product = exact(row[price]).times(exact(row['PricingQuantity']))
    if (product.compare(exact(row[cost])) !== 0) {
      say(cost, `${cost} is ${String(row[cost])}; ${price} × PricingQuantity is ${product.toString()}`)
    }
  }
  for (const [start, end] of spans) {
    if (instant.test(String(row[start])) && instant.test(String(row[end])) && String(row[start]) >= String(row[end])) {
      say(end, `${end} is not after ${start}`)
    }
  }
}

const exact = (value: unknown): ReturnType<typeof decimal> => decimal(String(value))

const pairs = [
  ['PricingUnit', 'PricingQuantity'],
  ['ConsumedUnit', 'ConsumedQuantity'],
  ['ResourceName', 'ResourceId'],
  ['ResourceType', 'ResourceId'],
  ['SkuPriceId', 'SkuId'],
  ['SkuMeter', 'SkuId'],
  ['SubAccountType', 'SubAccountId'],
] as const
const bothWays: ReadonlySet<string> = new Set(['PricingUnit', 'ConsumedUnit', 'ResourceType', 'SubAccountType'])
const products = [
  ['ListUnitPrice', 'ListCost'],
  ['ContractedUnitPrice', 'ContractedCost'],
] as const
const spans = [
  ['ChargePeriodStart', 'ChargePeriodEnd'],
  ['BillingPeriodStart', 'BillingPeriodEnd'],
] as const

function isDay(text: string): boolean {
  const [month = 0, day = 0, hour = 24, minute = 60, second = 60] = [
    text.slice(5, 7),
    text.slice(8, 10),
    ...text.slice(11, 19).split(':'),
  ].map(Number)
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 60
}
