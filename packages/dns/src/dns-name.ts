import { CutoverError } from '@cutover/core'

import { lowerCase, nameOf, octetsOf, rawLabels } from './name-labels.ts'

/** RFC 1035 §2.3.4: 255 octets on the wire, of which two are the first length and the root. */
const longestName = 253
const longestLabel = 63

/**
 * An absolute name in the one form that this package compares: lower case, without the last dot, labels that are not ASCII as
 * A-labels (`bücher` → `xn--bcher-kva`, by UTS #46 as browsers do it), other octets escaped as in a zone file: `\DDD` decimal, and `\.`
 * for a dot within a label. `field` names it in errors.
 *
 * @throws CutoverError `DNS_NAME_INVALID` for a relative name, an empty or too long label, a name that is too long, a label
 * that has no A-label, and characters that no host, service or wildcard name has, unless they are escaped.
 */
export function dnsName(text: string, field = 'name'): string {
  const labels = checkedLabels(text, field)
  if (labels.length > 1) return nameOf(labels)
  return refuse(text, field, 'an absolute name such as api.example.com, not one that is relative to a zone')
}

/**
 * A name of a zone: its own, or one below it. Where the zone's name is not known, any absolute name.
 *
 * @throws CutoverError `DNS_NAME_INVALID` for what `dnsName` refuses, and for a name of another zone.
 */
export function nameInZone(text: string, zone: string | undefined): string {
  if (zone === undefined) return dnsName(text)
  const own = checkedLabels(zone, 'zone')
  const apex = nameOf(own)
  if (typeof text === 'string' && /^[^.\\]+$/.test(text) && text.toLowerCase() !== apex) {
    throw new CutoverError(
      'DNS_NAME_INVALID',
      `name is ${JSON.stringify(text)}, which is relative to the zone ${apex}`,
      {
        next: `Write it in full: ${text === '@' ? apex : `${text.toLowerCase()}.${apex}`}`,
      },
    )
  }
  const labels = checkedLabels(text, 'name')
  // By labels, not by text: the last dot of `a\.example.com` parts nothing.
  const tail = labels.slice(-own.length)
  if (tail.length === own.length && own.every((label, place) => label === tail[place])) return nameOf(labels)
  return refuse(text, 'name', `a name in the zone ${apex}, such as api.${apex}`)
}

/** The octets of each label, in lower case. */
function checkedLabels(text: unknown, field: string): readonly string[] {
  if (typeof text !== 'string') return refuse(text, field, 'an absolute name such as api.example.com')
  const raw = rawLabels(text)
  if (raw.includes('')) return refuse(text, field, 'labels that are not empty, parted by single dots')
  const labels = raw.map((label, place) => {
    // oxlint-disable-next-line no-control-regex -- everything outside ASCII, whatever it is
    const octets = /[^\u0000-\u007f]/.test(label) ? aLabelOf(label) : plainLabel(label, place)
    if (octets !== undefined) return octets
    return refuse(
      text,
      field,
      'letters, digits, hyphens and underscores in its labels, others escaped (\\032 is a space), or a label that has an A-label (xn--…)',
    )
  })
  if (labels.some(({ length }) => length > longestLabel)) {
    return refuse(text, field, `labels of at most ${longestLabel} octets`)
  }
  const octets = labels.reduce((sum, { length }) => sum + length + 1, -1)
  if (octets <= longestName) return labels
  return refuse(text, field, `at most ${longestName} octets; it has ${octets}`)
}

/** What is not escaped must be what people mean: a host, a service, a reverse zone (RFC 2317), a wildcard. */
function plainLabel(label: string, place: number): string | undefined {
  if (label === '*' && place === 0) return label
  const octets = /^(?:[\w/-]|\\.)+$/.test(label.replaceAll(/\\\d{3}/g, '0')) ? octetsOf(label) : undefined
  return octets === undefined ? undefined : lowerCase(octets)
}

/** A URL's host is in A-labels (UTS #46); `undefined` for what no host may have, such as a joiner alone. */
function aLabelOf(label: string): string | undefined {
  const url = `http://${label}.example/`
  // oxlint-disable-next-line no-control-regex -- beside what is not ASCII, only what needs no escape
  if (!/^(?:[\w-]|[^\u0000-\u007f])+$/.test(label) || !URL.canParse(url)) return undefined
  const ascii = new URL(url).hostname.slice(0, -'.example'.length)
  return /^[\w-]+$/.test(ascii) ? ascii : undefined
}

function refuse(text: unknown, field: string, wanted: string): never {
  const host = typeof text === 'string' && text.includes('://') && URL.canParse(text) ? new URL(text).hostname : ''
  throw new CutoverError('DNS_NAME_INVALID', `${field} is ${JSON.stringify(text)}; wanted ${wanted}`, {
    ...(host !== '' && { next: `DNS knows names, not URLs: ${host}` }),
  })
}
