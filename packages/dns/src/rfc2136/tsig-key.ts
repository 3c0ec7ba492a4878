import { createHmac, createSecretKey } from 'node:crypto'

import { CutoverError, knownOptions } from '@cutover/core'

import { Malformed } from './malformed.ts'
import { canonicalName, encodeName } from './name.ts'

/** HMACs of RFC 8945 §6 that are taken: the one that must be implemented, and the strongest. */
export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha512'

export interface TsigKeyOptions {
  /** As the server's configuration has it: `cutover-key`. */
  readonly name: string
  /** @default 'hmac-sha256' */
  readonly algorithm?: TsigAlgorithm | undefined
  /** Base64, as `tsig-keygen` prints it. Appears in no error, event or JSON of ours. */
  readonly secret: string
}

const tsigKeyOptions: readonly (keyof TsigKeyOptions)[] = ['name', 'algorithm', 'secret']

/** A key that signs and tells nobody its secret. */
export interface TsigKey {
  /** Canonical: in lower case, without the last dot. */
  readonly name: string
  readonly algorithm: TsigAlgorithm
  /** The full HMAC of all parts, one after the other. */
  mac(parts: readonly Buffer[]): Buffer
}

/** Of what is no object nothing is shown: it may be the secret. @throws CutoverError `DNS_OPTION_INVALID` */
export function checkKeyFields(key: unknown): void {
  if (typeof key !== 'object' || key === null) throw invalid('a key is no object; wanted { name, secret }')
  knownOptions(key, tsigKeyOptions, 'DNS_OPTION_INVALID', 'key')
}

const digests: Readonly<Record<TsigAlgorithm, string>> = { 'hmac-sha256': 'sha256', 'hmac-sha512': 'sha512' }

/** @throws CutoverError `DNS_OPTION_INVALID` for a name, algorithm or secret that cannot be one; never quotes the secret. */
export function tsigKey(options: TsigKeyOptions): TsigKey {
  checkKeyFields(options)
  const { name, algorithm = 'hmac-sha256', secret } = options
  if (!Object.hasOwn(digests, algorithm)) {
    throw invalid(`key.algorithm is ${JSON.stringify(algorithm)}; wanted 'hmac-sha256' or 'hmac-sha512'`)
  }
  // Buffer.from skips what is no base64, and would sign with another secret.
  if (typeof secret !== 'string' || !/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(secret)) {
    throw invalid('key.secret is not base64; wanted the text in quotes that tsig-keygen prints')
  }
  if (secret === '') throw invalid('key.secret is empty')
  const material = createSecretKey(secret, 'base64')
  return {
    name: keyName(name),
    algorithm,
    mac(parts) {
      const hmac = createHmac(digests[algorithm], material)
      for (const part of parts) hmac.update(part)
      return hmac.digest()
    },
  }
}

function keyName(name: string): string {
  try {
    encodeName(name)
    if (name !== '' && name !== '.') return canonicalName(name)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
  }
  throw invalid(`key.name is ${JSON.stringify(name)}; wanted a name like 'cutover-key'`)
}

const invalid = (message: string): CutoverError<'DNS_OPTION_INVALID'> => new CutoverError('DNS_OPTION_INVALID', message)
