import { createHash } from 'node:crypto'

/** JSON with the keys of every object in order, so that the same content is the same text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value as Record<string, unknown>).filter(([, each]) => each !== undefined)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`
}

/**
 * SHA-256 in hexadecimal: the same for the same content, whatever the order of its keys. At once, not over `crypto.subtle`: a fake
 * world cannot see real work that it would have to wait for.
 */
export const hashOf = (content: unknown): string => createHash('sha256').update(canonical(content)).digest('hex')
