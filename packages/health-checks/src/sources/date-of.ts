/** SDKs want instants as Dates. */
export function dateOf(at: number): Date {
  // oxlint-disable-next-line no-restricted-globals -- of what it is given; reads no clock
  return new Date(at)
}
