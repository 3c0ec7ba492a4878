/** Bytes that are no DNS message, or text that is no name, address or text; internal: callers translate it. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}
