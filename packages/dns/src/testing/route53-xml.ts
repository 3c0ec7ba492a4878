export const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/'

/** XML as Route 53 speaks it: elements without attributes. */
export function element(name: string, value: unknown): string {
  if (Array.isArray(value)) return `<${name}>${value.map((item) => element('ResourceRecord', item)).join('')}</${name}>`
  if (typeof value !== 'object' || value === null) return `<${name}>${escapeXml(String(value))}</${name}>`
  const children = Object.entries(value).map(([key, child]) => element(key, child))
  return `<${name}>${children.join('')}</${name}>`
}

export const response = (name: string, content: string): string =>
  `<?xml version="1.0"?><${name} xmlns="${namespace}">${content}</${name}>`

export const text = (xml: string, name: string): string =>
  unescapeXml(new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '')

export const escapeXml = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export const unescapeXml = (xml: string): string =>
  xml
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
