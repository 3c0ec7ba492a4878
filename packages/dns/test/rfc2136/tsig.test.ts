import { inspect } from 'node:util'

import { isCutoverError } from '@cutover/core'
import { describe, expect, test } from 'vitest'

import { decodeMessage } from '../../src/rfc2136/message.ts'
import { tsigError } from '../../src/rfc2136/registry.ts'
import { tsigKey } from '../../src/rfc2136/tsig-key.ts'
import { tsigOf } from '../../src/rfc2136/tsig-record.ts'
import { sign, verify } from '../../src/rfc2136/tsig.ts'
import { type Captured, digSha256, digSha512, nsupdateSha256, secret } from './captured.ts'

const keyOf = ({ algorithm }: Captured) => tsigKey({ name: 'cutover-key', algorithm, secret })

const judge = (captured: Captured, { bytes = captured.bytes, now = captured.signedAt, key = keyOf(captured) } = {}) => {
  const message = decodeMessage(bytes)
  const tsig = tsigOf(message)
  return tsig && verify(bytes, message, tsig, key, { now })
}

for (const [client, captured] of Object.entries({ digSha256, digSha512, nsupdateSha256 })) {
  describe(`what ${client} signed`, () => {
    test('is accepted', () => {
      expect(judge(captured)).toBeUndefined()
    })

    test('is signed by us to the same bytes', () => {
      const { lastRecordAt } = decodeMessage(captured.bytes)
      const unsigned = Buffer.from(captured.bytes.subarray(0, lastRecordAt))
      unsigned.writeUInt16BE(unsigned.readUInt16BE(10) - 1, 10)

      const { bytes } = sign(unsigned, keyOf(captured), { now: captured.signedAt, fudgeSeconds: 300 })

      expect(bytes.toString('hex')).toBe(captured.bytes.toString('hex'))
    })

    test('is accepted when a relay has given it another id', () => {
      const bytes = Buffer.from(captured.bytes)
      bytes.writeUInt16BE(1, 0)

      expect(judge(captured, { bytes })).toBeUndefined()
    })

    test('is not accepted with one bit changed anywhere that is signed', () => {
      const { lastRecordAt = 0 } = decodeMessage(captured.bytes)
      for (let at = 2; at < lastRecordAt; at++) {
        const bytes = Buffer.from(captured.bytes)
        bytes[at] = (bytes[at] ?? 0) ^ 1
        expect(outcomeOf(() => judge(captured, { bytes }))).toBeOneOf([tsigError.BADSIG, 'Malformed'])
      }
    })

    test('is accepted within 300 s of the time that it was signed, and not later', () => {
      for (const [seconds, error] of [
        [300, undefined],
        [-300, undefined],
        [301, tsigError.BADTIME],
        [-301, tsigError.BADTIME],
      ] as const) {
        expect(judge(captured, { now: captured.signedAt + seconds * 1_000 })).toBe(error)
      }
    })

    test('is not accepted with another key, or another secret', () => {
      const { algorithm } = captured
      const other = tsigKey({ name: 'other-key', algorithm, secret })
      const wrong = tsigKey({ name: 'cutover-key', algorithm, secret: 'AAAA' })

      expect(judge(captured, { key: other })).toBe(tsigError.BADKEY)
      expect(judge(captured, { key: wrong })).toBe(tsigError.BADSIG)
    })
  })
}

test('a response covers the request that it answers', () => {
  const key = keyOf(digSha256)
  const now = digSha256.signedAt
  const plain = Buffer.from('25cb80000000000000000000', 'hex')
  const { bytes } = sign(plain, key, { now, fudgeSeconds: 30, requestMac: Buffer.from('one') })
  const message = decodeMessage(bytes)
  const tsig = tsigOf(message)
  if (!tsig) throw new Error('no TSIG')

  expect(verify(bytes, message, tsig, key, { now, requestMac: Buffer.from('one') })).toBeUndefined()
  expect(verify(bytes, message, tsig, key, { now, requestMac: Buffer.from('two') })).toBe(tsigError.BADSIG)
  expect(verify(bytes, message, tsig, key, { now })).toBe(tsigError.BADSIG)
})

test('a truncated MAC is not accepted', () => {
  const message = decodeMessage(digSha256.bytes)
  const tsig = tsigOf(message)
  if (!tsig) throw new Error('no TSIG')
  const shorter = { ...tsig, mac: tsig.mac.subarray(0, 16) }

  expect(verify(digSha256.bytes, message, shorter, keyOf(digSha256), { now: digSha256.signedAt })).toBe(
    tsigError.BADSIG,
  )
})

test('a key shows its secret nowhere', () => {
  const key = keyOf(digSha256)
  const shown = [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key), Object.values(key).map(String)]
    .flat()
    .join('\n')

  expect(shown).not.toContain(secret)
  expect(shown).not.toContain(Buffer.from(secret, 'base64').toString())
  expect(shown).not.toContain(Buffer.from(secret, 'base64').toString('hex'))
})

for (const [what, options] of [
  ['an algorithm that is not taken', { algorithm: 'hmac-md5' as 'hmac-sha256' }],
  ['a secret that is no base64', { secret: 'this is no base64, but secret' }],
  ['a secret in base64 for URLs', { secret: 'AA-_AA==' }],
  ['an empty secret', { secret: '' }],
  ['an empty name', { name: '' }],
  ['a name that cannot be one', { name: 'a..b' }],
] as const) {
  test(`${what} is refused, and the error does not show the secret`, () => {
    const error = errorOf(() => tsigKey({ name: 'cutover-key', secret, ...options }))

    expect(isCutoverError(error, 'DNS_OPTION_INVALID')).toBe(true)
    expect(String(error)).not.toContain('secret' in options && options.secret !== '' ? options.secret : secret)
  })
}

function errorOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

/** What it answers, or the name of what it throws. */
function outcomeOf(run: () => unknown): unknown {
  const outcome = errorOf(run)
  return outcome instanceof Error ? outcome.name : outcome
}
