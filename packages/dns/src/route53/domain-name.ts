/**
 * The one spelling of a name that the port uses: lower case, no last dot, `*` instead of `\052`.
 *
 * Route 53 lists every character but `a-z 0-9 - _ .` as a three-digit octal escape. Printable ones are decoded; a dot, a
 * backslash, a space or a byte outside ASCII stays escaped, since the plain character would name something else: in decimal,
 * as zone files have it (RFC 1035 §5.1).
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function canonicalName(name: string): string {
  const decoded = name.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => {
    const code = Number.parseInt(octal, 8)
    const character = String.fromCharCode(code)
    if (character === '.' || character === '\\') return `\\${character}`
    return /^[!-~]$/.test(character) ? character : `\\${String(code).padStart(3, '0')}`
  })
  return decoded.replace(/(?<!\\)\.$/, '').toLowerCase()
}

/** The port's spelling as Route 53 reads it: escapes in octal. */
export const escapedName = (name: string): string =>
  name.replace(/\\(\d{3}|.)/g, (_, escaped: string) => {
    const code = escaped.length === 3 ? Number(escaped) : escaped.charCodeAt(0)
    return `\\${code.toString(8).padStart(3, '0')}`
  })
