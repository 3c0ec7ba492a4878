import { createHash } from 'node:crypto'

/** SHA-256 of the bytes, in hex. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** MD5 of the bytes: what S3 and Blob Storage compare on arrival. */
export const md5 = (bytes: Uint8Array): Uint8Array => createHash('md5').update(bytes).digest()
