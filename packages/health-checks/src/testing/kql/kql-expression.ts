import { restError } from '../metric-service-errors.ts'
import type { Tokens } from './kql-tokens.ts'

/** Instants are epoch milliseconds here. */
export type Row = Readonly<Record<string, unknown>>

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A column, a literal, or `bin(column, 1m)`. */
export function value(tokens: Tokens): (row: Row) => unknown {
  const token = tokens.next()
  if (token.kind === 'number') return () => Number(token.text)
  if (token.kind === 'text') return () => JSON.parse(token.text) as unknown
  if (token.kind === 'datetime') {
    // oxlint-disable-next-line no-restricted-globals -- reads what it is given, and no clock
    const at = Date.parse(token.text)
    return () => at
  }
  if (token.kind === 'timespan') return () => spanMs(token.text)
  if (token.kind !== 'name') throw refused(token.text)
  if (token.text === 'true' || token.text === 'false') return () => token.text === 'true'
  if (!tokens.is('(')) return columnOf(token.text)
  if (token.text !== 'bin') throw refused(token.text)
  const of = value(tokens)
  tokens.take(',')
  const size = spanMs(tokens.next('timespan').text)
  tokens.take(')')
  return (row) => Math.floor(Number(of(row)) / size) * size
}

/** Comparisons, joined by `and`. */
export function test(tokens: Tokens): (row: Row) => boolean {
  const tests: ((row: Row) => boolean)[] = []
  do {
    const left = value(tokens)
    const operator = tokens.next('mark').text
    const right = value(tokens)
    tests.push((row) => compare(left(row), operator, right(row)))
  } while (tokens.is('and'))
  return (row) => tests.every((holds) => holds(row))
}

/** `sum(column)`, `sumif(column, test)`, `count()`, `countif(test)`, `max(column)`. */
export function aggregate(tokens: Tokens): (rows: readonly Row[]) => unknown {
  const name = tokens.name()
  tokens.take('(')
  if (name === 'count') {
    tokens.take(')')
    return (rows) => rows.length
  }
  if (name === 'countif') {
    const holds = test(tokens)
    tokens.take(')')
    return (rows) => rows.filter((row) => holds(row)).length
  }
  if (!['sum', 'sumif', 'max'].includes(name)) throw refused(name)
  const of = value(tokens)
  if (name === 'sumif') tokens.take(',')
  const holds = name === 'sumif' ? test(tokens) : always
  tokens.take(')')
  return (rows) => {
    const values = rows.filter((row) => holds(row)).map((row) => Number(of(row)))
    return name === 'max' ? Math.max(...values) : values.reduce((added, one) => added + one, 0)
  }
}

function columnOf(name: string): (row: Row) => unknown {
  return (row) => {
    if (!(name in row)) throw refused(name)
    return row[name]
  }
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return left === right
  if (operator === '!=') return left !== right
  const [a, b] = [Number(left), Number(right)]
  if (operator === '>') return a > b
  if (operator === '>=') return a >= b
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  throw refused(operator)
}

const always = (): boolean => true

const spanMs = (text: string): number => Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 0)

const refused = (name: string): Error =>
  restError('BadArgumentError', `Failed to resolve expression named '${name}'`, 400)
