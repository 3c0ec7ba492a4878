import { createHash } from 'node:crypto'

/** The hash of a record's text and of all before it: SHA-256, in base64url. */
export const chained = (previous: string, body: string): string =>
  createHash('sha256').update(previous).update(body).digest('base64url')
