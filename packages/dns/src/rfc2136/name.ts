import { Malformed } from './malformed.ts'

/**
 * A domain name as text: labels in presentation format (`\.` and `\DDD` for what is no plain character), absolute,
 * without the last dot. The root is `''`. In wire format: length-prefixed labels, 255 bytes at most (RFC 1035 §3.1).
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
  const text = name.endsWith('.') && !name.endsWith('\\.') ? name.slice(0, -1) : name
  if (text === '') return []
  const labels: Buffer[] = []
  let label: number[] = []
  const end = (): void => {
    if (label.length === 0) throw new Malformed(`${JSON.stringify(name)} has an empty label`)
    if (label.length > 63) throw new Malformed(`${JSON.stringify(name)} has a label of more than 63 bytes`)
    labels.push(Buffer.from(label))
    label = []
  }
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === 0x2e) end()
    else if (character === 0x5c) {
      const escaped = /^(?:([01]\d\d|2[0-4]\d|25[0-5])|([^\d]))/.exec(text.slice(i + 1))
      if (!escaped) throw new Malformed(`${JSON.stringify(name)} has an unfinished escape`)
      label.push(escaped[1] === undefined ? text.charCodeAt(i + 1) : Number(escaped[1]))
      i += escaped[0].length
    } else label.push(character)
    if (character > 0x7e) throw new Malformed(`${JSON.stringify(name)} is not ASCII: write its A-label (xn--…)`)
  }
  end()
  return labels
}

/** Reads a name at `at`, following compression pointers backwards only. `end` is the offset after it, where it stands. */
export function decodeName(message: Buffer, at: number): { name: string; end: number } {
  const labels: string[] = []
  let [position, end, limit, length] = [at, -1, at, 1]
  for (;;) {
    const size = byteAt(message, position)
    if (size === 0) return { name: labels.join('.'), end: end === -1 ? position + 1 : end }
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
      labels.push(labelText(message.subarray(position + 1, position + 1 + size)))
      position += size + 1
    }
  }
}

function byteAt(message: Buffer, at: number): number {
  const byte = message[at]
  if (byte === undefined) throw new Malformed('the message ends within a name')
  return byte
}

function labelText(label: Buffer): string {
  let text = ''
  for (const byte of label) {
    if (byte < 0x21 || byte > 0x7e) text += `\\${String(byte).padStart(3, '0')}`
    else if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`
    else text += String.fromCharCode(byte)
  }
  return text
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
