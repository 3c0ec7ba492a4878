/** An instant (epoch milliseconds) for people: `2026-11-20T02:15:00Z`. */
export function formatInstant(at: number): string {
  // oxlint-disable-next-line no-restricted-globals -- formats what it is given; reads no clock
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}
