import { CutoverError } from '@cutover/core'

/** RFC 1035 §2.3.4: 255 octets on the wire, which is 253 characters as text. */
const longestName = 253
const longestLabel = 63

/**
 * An absolute name in the one form that this package compares: lower case, without the last dot. `field` names it in errors.
 *
 * @throws CutoverError `DNS_NAME_INVALID` for a relative name, an empty or too long label, a name that is too long, and
 * characters that no host, service or wildcard name has.
 */
export function dnsName(text: string, field = 'name'): string {
  const refuse = (wanted: string): never => {
    throw new CutoverError('DNS_NAME_INVALID', `${field} is ${JSON.stringify(text)}; wanted ${wanted}`)
  }
  if (typeof text !== 'string') return refuse('an absolute name such as api.example.com')
  const name = text.toLowerCase().replace(/\.$/, '')
  // oxlint-disable-next-line no-control-regex -- everything outside ASCII, whatever it is
  if (/[^\u0000-\u007f]/.test(name)) return refuse('its A-label, which is ASCII and begins with xn--')
  const labels = name.split('.')
  if (labels.includes('')) return refuse('labels that are not empty, parted by single dots')
  if (labels.length < 2) return refuse('an absolute name such as api.example.com, not one that is relative to a zone')
  if (labels.some((label) => label.length > longestLabel)) return refuse(`labels of at most ${longestLabel} characters`)
  if (name.length > longestName) return refuse(`at most ${longestName} characters; it has ${name.length}`)
  for (const [place, label] of labels.entries()) {
    if (place === 0 && label === '*') continue
    if (!/^[a-z0-9_/-]+$/.test(label)) return refuse('letters, digits, hyphens and underscores in its labels')
  }
  return name
}

/**
 * A name of a zone: its own, or one below it. Where the zone's name is not known, any absolute name.
 *
 * @throws CutoverError `DNS_NAME_INVALID` for what `dnsName` refuses, and for a name of another zone.
 */
export function nameInZone(text: string, zone: string | undefined): string {
  if (zone === undefined) return dnsName(text)
  const apex = zone.toLowerCase().replace(/\.$/, '')
  if (typeof text === 'string' && /^[^.]+$/.test(text) && text.toLowerCase() !== apex) {
    throw new CutoverError(
      'DNS_NAME_INVALID',
      `name is ${JSON.stringify(text)}, which is relative to the zone ${apex}`,
      {
        next: `Write it in full: ${text === '@' ? apex : `${text.toLowerCase()}.${apex}`}`,
      },
    )
  }
  const name = dnsName(text)
  if (name === apex || name.endsWith(`.${apex}`)) return name
  throw new CutoverError(
    'DNS_NAME_INVALID',
    `name is ${JSON.stringify(text)}; wanted a name in the zone ${apex}, such as api.${apex}`,
  )
}
