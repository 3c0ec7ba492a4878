import { restError } from '../metric-service-errors.ts'
import { aggregate, type Row, test, value } from './kql-expression.ts'
import { type Token, Tokens, tokensOf } from './kql-tokens.ts'

/**
 * Runs the part of the Kusto Query Language that count sources use, and refuses all else as the service refuses what it cannot
 * read: `where`, `summarize … by`, `order by`, `take`, `project`.
 *
 * @param table The rows of a table by its name; `undefined` for one that there is not.
 */
export function runKql(query: string, table: (name: string) => readonly Row[] | undefined): readonly Row[] {
  const [source = [], ...steps] = stages(tokensOf(query))
  const [name] = source
  if (source.length !== 1 || name?.kind !== 'name') throw syntax(query)
  let rows = table(name.text)
  if (!rows) {
    throw restError('BadArgumentError', `Failed to resolve table or column expression named '${name.text}'`, 400)
  }
  for (const stage of steps) rows = step(new Tokens(stage), rows)
  return rows
}

function step(tokens: Tokens, rows: readonly Row[]): readonly Row[] {
  const verb = tokens.name()
  if (verb === 'where') {
    const holds = test(tokens)
    tokens.end()
    return rows.filter((row) => holds(row))
  }
  if (verb === 'summarize') return summarize(tokens, rows)
  if (verb === 'take') return rows.slice(0, Number(tokens.next('number').text))
  if (verb === 'order' || verb === 'sort') {
    tokens.take('by')
    const column = tokens.name()
    const sign = tokens.is('asc') ? 1 : -1
    return [...rows].sort((a, b) => sign * (Number(a[column]) - Number(b[column])))
  }
  if (verb === 'project') {
    const names = [tokens.name()]
    while (tokens.is(',')) names.push(tokens.name())
    tokens.end()
    return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))
  }
  throw syntax(verb)
}

function summarize(tokens: Tokens, rows: readonly Row[]): readonly Row[] {
  const aggregates: (readonly [name: string, of: (rows: readonly Row[]) => unknown])[] = []
  do {
    const name = tokens.name()
    tokens.take('=')
    aggregates.push([name, aggregate(tokens)])
  } while (tokens.is(','))
  const keys: (readonly [name: string, of: (row: Row) => unknown])[] = []
  if (tokens.is('by')) {
    do {
      const name = tokens.name()
      keys.push(tokens.is('=') ? [name, value(tokens)] : [name, (row) => row[name]])
    } while (tokens.is(','))
  }
  tokens.end()
  const groups = new Map<string, { readonly key: Row; readonly rows: Row[] }>()
  for (const row of rows) {
    const key = Object.fromEntries(keys.map(([name, of]) => [name, of(row)]))
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { key, rows: [] }
    group.rows.push(row)
    groups.set(text, group)
  }
  // Without `by` there is one group, also of no rows.
  if (keys.length === 0 && groups.size === 0) groups.set('', { key: {}, rows: [] })
  return [...groups.values()].map(({ key, rows: own }) =>
    Object.assign(key, Object.fromEntries(aggregates.map(([name, of]) => [name, of(own)]))),
  )
}

function stages(tokens: readonly Token[]): Token[][] {
  const all: Token[][] = [[]]
  for (const token of tokens) {
    if (token.text === '|' && token.kind === 'mark') all.push([])
    else all.at(-1)?.push(token)
  }
  return all
}

const syntax = (near: string): Error =>
  restError('BadArgumentError', `Query could not be parsed at '${near.slice(0, 40)}'`, 400)
