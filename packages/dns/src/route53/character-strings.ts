/** RFC 1035 §3.3: a character-string is one length byte and at most 255 bytes. */
const longest = 255

/**
 * The text of a TXT value as Route 53 writes it: quoted strings, `\"`, `\\` and octal escapes; several strings are one text.
 * `undefined` when it is no UTF-8, so that it could not be put back.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
 */
export function textOf(value: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(parse(value).flat()))
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** A text as Route 53 wants it: quoted, split every 255 bytes, what is not printable ASCII as octal escapes. */
export function quoted(text: string): string {
  const bytes = new TextEncoder().encode(text)
  const strings: string[] = []
  for (let start = 0; start === 0 || start < bytes.length; start += longest) {
    strings.push(`"${Array.from(bytes.subarray(start, start + longest), escaped).join('')}"`)
  }
  return strings.join(' ')
}

/** The bytes of each character-string; a character outside quotes counts for itself, as in a zone file. */
function parse(value: string): number[][] {
  const strings: number[][] = []
  for (const [, inQuotes, bare] of value.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|([^\s"]+)/g)) {
    strings.push(bytesOf(inQuotes ?? bare ?? ''))
  }
  return strings
}

function bytesOf(body: string): number[] {
  const bytes: number[] = []
  for (const [, octal, escapedCharacter, plain] of body.matchAll(/\\([0-3][0-7]{2})|\\([\s\S])|([^\\])/gu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else bytes.push(...new TextEncoder().encode(escapedCharacter ?? plain ?? ''))
  }
  return bytes
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte)
  if (character === '"' || character === '\\') return `\\${character}`
  return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`
}
