import { nameOf, octetsOf, rawLabels } from '../name-labels.ts'
import { Malformed } from './malformed.ts'

/**
 * A domain name as text: labels as `nameOf` escapes them, absolute, without the last dot. The root is `''`. In wire format:
 * length-prefixed labels, 255 bytes at most (RFC 1035 §3.1).
 */

/** Uncompressed wire format. */
export function encodeName(name: string): Buffer {
  const parts: Buffer[] = []
  for (const label of labelsOf(name)) parts.push(Buffer.of(label.length), label)
  const wire = Buffer.concat([...parts, Buffer.of(0)])
  if (wire.length > 255) throw new Malformed(`${name} is longer than 255 bytes`)
  return wire
}

/** The bytes of each label. */
function labelsOf(name: string): Buffer[] {
  if (name === '' || name === '.') return []
  return rawLabels(name).map((raw) => {
    const octets = octetsOf(raw)
    if (octets === undefined) {
      throw new Malformed(
        `${JSON.stringify(name)} has an unfinished escape, or is not ASCII: write its A-label (xn--…)`,
      )
    }
    if (octets === '') throw new Malformed(`${JSON.stringify(name)} has an empty label`)
    if (octets.length > 63) throw new Malformed(`${JSON.stringify(name)} has a label of more than 63 bytes`)
    return Buffer.from(octets, 'latin1')
  })
}

/** Reads a name at `at`, following compression pointers backwards only. `end` is the offset after it, where it stands. */
export function decodeName(message: Buffer, at: number): { name: string; end: number } {
  const labels: string[] = []
  let [position, end, limit, length] = [at, -1, at, 1]
  for (;;) {
    const size = byteAt(message, position)
    if (size === 0) return { name: nameOf(labels), end: end === -1 ? position + 1 : end }
    if (size >= 0xc0) {
      const target = ((size & 0x3f) << 8) | byteAt(message, position + 1)
      if (end === -1) end = position + 2
      // Only to what stands before it: so that no chain of pointers can run in a circle.
      if (target >= limit) throw new Malformed('a compression pointer does not point backwards')
      position = limit = target
    } else if (size > 63) {
      throw new Malformed('a label has a reserved type')
    } else {
      length += size + 1
      if (length > 255) throw new Malformed('a name is longer than 255 bytes')
      byteAt(message, position + size)
      labels.push(message.toString('latin1', position + 1, position + 1 + size))
      position += size + 1
    }
  }
}

function byteAt(message: Buffer, at: number): number {
  const byte = message[at]
  if (byte === undefined) throw new Malformed('the message ends within a name')
  return byte
}

/** The form in which names are compared: lower case (RFC 4343), no last dot, one way of escaping. */
export function canonicalName(name: string): string {
  return decodeName(encodeName(name), 0).name.toLowerCase()
}

/** Is `name` the zone's apex or below it? Both canonical. */
export function isWithin(name: string, zone: string): boolean {
  for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) if (at === zone) return true
  return false
}

/** `api.example.com` → `example.com`; the root has none. */
export function parentOf(name: string): string | undefined {
  if (name === '') return undefined
  return /^(?:\\.|[^.\\])+\.?(.*)$/s.exec(name)?.[1] ?? ''
}
