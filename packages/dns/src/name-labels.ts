/**
 * The labels of a name as a zone file writes them (RFC 1035 §5.1): `\DDD` for an octet, `\X` for a character that would mean
 * something else. Octets are texts here, with one character for each.
 */

/** A name's labels with their escapes; an empty one where two dots meet. The last dot does not count. */
export function rawLabels(text: string): readonly string[] {
  const labels = text.includes('\\') ? splitAtDots(text) : text.split('.')
  return labels.length > 1 && labels.at(-1) === '' ? labels.slice(0, -1) : labels
}

function splitAtDots(text: string): readonly string[] {
  const labels: string[] = []
  let label = ''
  for (const [part] of text.matchAll(/\\\d{3}|\\?[\s\S]/g)) {
    if (part === '.') {
      labels.push(label)
      label = ''
    } else label += part
  }
  return [...labels, label]
}

/** The octets that a label or a character-string stands for; `undefined` for an unfinished escape, and for what is not ASCII. */
export function octetsOf(raw: string): string | undefined {
  if (!raw.includes('\\')) return isAscii(raw) ? raw : undefined
  if (!/^(?:\\(?:[01]\d\d|2[0-4]\d|25[0-5]|[^\d])|[^\\])*$/s.test(raw) || !isAscii(raw)) return undefined
  return raw.replaceAll(/\\(\d{3})|\\(.)/gs, (_escape, decimal: string | undefined, character: string | undefined) =>
    decimal === undefined ? (character ?? '') : String.fromCharCode(Number(decimal)),
  )
}

const isAscii = (text: string): boolean => /^[ -~]*$/.test(text)

/**
 * The one way in which this package escapes: letters, digits, hyphens, underscores and slashes stand for themselves, so does
 * the `*` of a wildcard; a dot within a label is `\.`, a backslash `\\`, any other octet `\DDD`.
 */
export function nameOf(labels: readonly string[]): string {
  return labels.map(labelText).join('.')
}

function labelText(octets: string, place: number): string {
  if (/^[\w/-]*$/.test(octets) || (octets === '*' && place === 0)) return octets
  return octets.replaceAll(/[^\w/-]/g, (octet) =>
    octet === '.' || octet === '\\' ? `\\${octet}` : decimalEscape(octet),
  )
}

/** `\DDD`, as zone files have it; Route 53 writes octal. */
export const decimalEscape = (octet: string): string => `\\${String(octet.charCodeAt(0)).padStart(3, '0')}`

/** DNS compares without regard to the case of ASCII letters, and of these alone (RFC 4343). */
export const lowerCase = (octets: string): string => octets.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
