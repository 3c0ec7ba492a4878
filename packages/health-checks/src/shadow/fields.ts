/** A value's leaves by path, as text; items of a list share one path: `items[].price`. */
export type Fields = ReadonlyMap<string, readonly string[]>

const deepest = 20
const most = 2_000

/** The leaves of JSON data. What is deeper than 20 levels, or past 2,000 leaves, is one leaf. */
export function fieldsOf(value: unknown): Fields {
  const fields = new Map<string, string[]>()
  let count = 0
  const walk = (part: unknown, path: string, depth: number): void => {
    const isTree = typeof part === 'object' && part !== null && depth < deepest && count < most
    if (isTree && Array.isArray(part)) {
      leaf(`${path}.length`, part.length)
      for (const item of part) walk(item, `${path}[]`, depth + 1)
    } else if (isTree) {
      for (const [key, item] of Object.entries(part)) walk(item, path === '' ? key : `${path}.${key}`, depth + 1)
    } else leaf(path === '' ? '(answer)' : path, part)
  }
  const leaf = (path: string, part: unknown): void => {
    count += 1
    const values = fields.get(path) ?? []
    values.push(typeof part === 'string' ? part : (JSON.stringify(part) ?? String(part)))
    fields.set(path, values)
  }
  walk(value, '', 0)
  return fields
}

/** The paths at which two answers differ: another value, another kind of value, or none. */
export function differences(a: Fields, b: Fields): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [path, values] of a) {
    const others = b.get(path)
    if (!others || others.length !== values.length || values.some((value, i) => value !== others[i])) found.add(path)
  }
  for (const path of b.keys()) if (!a.has(path)) found.add(path)
  return found
}
