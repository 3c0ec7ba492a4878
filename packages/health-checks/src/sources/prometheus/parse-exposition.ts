/** One line of metrics: a name, its labels, a number. */
export interface ExposedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const plain = /^([A-Za-z_:][\w:]*)\s+(\S+)/
const label = /([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g

/**
 * The samples of a page in the Prometheus text format, or in OpenMetrics'. Comments, timestamps and exemplars are passed over; a line
 * that is none of it makes the page unreadable: a page of HTML must not pass for one without metrics.
 *
 * @throws SyntaxError
 * @see prometheus.io/docs/instrumenting/exposition_formats
 */
export function parseExposition(page: string): readonly ExposedSample[] {
  const samples: ExposedSample[] = []
  for (const [i, text] of page.split('\n').entries()) {
    const trimmed = text.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const [name, labels, number] = parts(trimmed)
    const value = numberOf(number)
    if (name === undefined || value === undefined) {
      throw new SyntaxError(`line ${i + 1} is no line of metrics: ${trimmed.slice(0, 60)}`)
    }
    samples.push({ name, labels: labelsOf(labels ?? ''), value })
  }
  return samples
}

/** Braces may stand in a label's value, so the end of the labels is the last one before the number. */
function parts(text: string): readonly (string | undefined)[] {
  const open = text.indexOf('{')
  if (open < 0) {
    const [, name, number] = plain.exec(text) ?? []
    return [name, '', number]
  }
  const close = endOfLabels(text, open)
  if (close < 0) return []
  const [, name] = /^([A-Za-z_:][\w:]*)$/.exec(text.slice(0, open).trim()) ?? []
  return [
    name,
    text.slice(open + 1, close),
    text
      .slice(close + 1)
      .trim()
      .split(/\s+/)[0],
  ]
}

function endOfLabels(text: string, open: number): number {
  let quoted = false
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === '\\') i += 1
    else if (text[i] === '"') quoted = !quoted
    else if (text[i] === '}' && !quoted) return i
  }
  return -1
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(label)) {
    labels[name] = value.replaceAll(/\\([\\"n])/g, (_, mark: string) => (mark === 'n' ? '\n' : mark))
  }
  return labels
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  if (text === 'NaN') return Number.NaN
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}
