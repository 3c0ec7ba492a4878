/** FOCUS rows as CSV (RFC 4180), for the tools that read it; a column is there when a row has it. */
export function focusCsv(rows: readonly object[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].toSorted()
  const lines = rows.map((row) =>
    columns.map((name) => field((row as Readonly<Record<string, unknown>>)[name])).join(','),
  )
  return [columns.join(','), ...lines, ''].join('\r\n')
}

/** Null is an empty field. Texts that a spreadsheet would take for a formula are quoted as texts. */
function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+@\t\r]/.test(text) || /^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
