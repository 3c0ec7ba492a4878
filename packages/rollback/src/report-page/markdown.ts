// oxlint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]+/g

/** One cell: a service's answer must neither end it nor be read as markup. */
const cell = (text: string): string =>
  text
    .replace(control, ' ')
    .replace(/[\\|<`*_[\]]/g, String.raw`\$&`)
    .trim()

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Nothing where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  return ['', line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells.map(cell)))]
}

/** Text as it is; a fence longer than any in it. */
export function code(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return ['', `${fence}text`, text, fence]
}
