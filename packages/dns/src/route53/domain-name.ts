import { lowerCase, nameOf, octetsOf, rawLabels } from '../name-labels.ts'

/**
 * The one spelling of a name that the port uses: lower case, no last dot, `*` instead of `\052`, other escapes in decimal, as zone
 * files have it (RFC 1035 §5.1).
 *
 * Route 53 lists every character but `a-z 0-9 - _ .` as a three-digit octal escape.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function canonicalName(listed: string): string {
  return plainName(listed.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => decimalOf(Number.parseInt(octal, 8))))
}

/** A name as a caller of the port writes it, in that spelling: escapes are decimal already. */
export function plainName(name: string): string {
  const labels = rawLabels(name).map(octetsOf)
  // What cannot be read stays as it came: it is told as opaque, or refused by its name.
  if (labels.includes(undefined)) return name.toLowerCase().replace(/\.$/, '')
  return nameOf(labels.map((octets) => lowerCase(octets ?? '')))
}

/** The port's spelling as Route 53 reads it: escapes in octal. */
export const escapedName = (name: string): string =>
  name.replace(/\\(\d{3}|.)/g, (_, escaped: string) => {
    const code = escaped.length === 3 ? Number(escaped) : escaped.charCodeAt(0)
    return `\\${code.toString(8).padStart(3, '0')}`
  })

const decimalOf = (code: number): string => `\\${String(code).padStart(3, '0')}`
