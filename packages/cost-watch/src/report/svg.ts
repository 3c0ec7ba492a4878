/** Text for HTML, in an element or an attribute. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** Round steps from 0 to at least `most`: 1, 2 or 5 times a power of ten apart. */
export function ticks(most: number, wanted = 4): readonly number[] {
  if (!(most > 0)) return [0]
  const rough = most / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? rough
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, at) => at * step)
}

/** A coordinate: two decimal places are more than a screen has. */
export const at = (value: number): string => String(Math.round(value * 100) / 100)

/** So many digits that two steps differ. */
export function amountText(value: number, step: number, currency: string): string {
  const places = Math.min(8, Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9)))
  return `${currency === 'USD' ? '$' : `${currency} `}${value.toFixed(places)}`
}
