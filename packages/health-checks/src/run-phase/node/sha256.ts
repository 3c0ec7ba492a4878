import { createHash } from 'node:crypto'

/** SHA-256 of a text, in hexadecimal; at once, so that a change that uses it can be rehearsed. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
