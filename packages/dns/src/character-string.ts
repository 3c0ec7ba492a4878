import { decimalEscape, octetsOf } from './name-labels.ts'

/** The fields of a record as a zone file has them, quotes and escapes kept; `undefined` when a quote is left open. */
export function fieldsOf(text: string): readonly string[] | undefined {
  const field = /(?:"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s"\\])+/g
  return /^[ \t]*$/.test(text.replaceAll(field, '')) ? (text.match(field) ?? []) : undefined
}

/** The octets of a field, quoted or not (RFC 1035 §5.1), one character for each; `undefined` when it is no character-string. */
export function unquoted(field: string): string | undefined {
  const inner = /^"(.*)"$/s.exec(field)?.[1] ?? field
  return /^(?:[^"\\]|\\[\s\S])*$/.test(inner) ? octetsOf(inner) : undefined
}

/** In quotes, as `dig` prints it. */
export function quoted(octets: string): string {
  const inner = octets.replaceAll(/[^ !#-[\]-~]/g, (octet) =>
    octet === '"' || octet === '\\' ? `\\${octet}` : decimalEscape(octet),
  )
  return `"${inner}"`
}
