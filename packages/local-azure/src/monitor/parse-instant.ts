/** Epoch milliseconds of an ISO 8601 text; NaN when it is none. */
export function parseInstant(text: string | undefined): number {
  // oxlint-disable-next-line no-restricted-globals -- reads what it is given, and no clock
  return Date.parse(text ?? '')
}
