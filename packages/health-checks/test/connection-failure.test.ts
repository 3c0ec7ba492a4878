// The errors that loopback cannot bring about.
import { expect, test } from 'vitest'

import { connectionFailure } from '../src/connection-failure.ts'

const coded = (code: string): Error => Object.assign(new Error(code), { code })
const several = (...codes: string[]): Error => Object.assign(new AggregateError(codes.map(coded)), { code: codes[0] })

test.each([
  ['a refusal', coded('ECONNREFUSED'), false, 'refused'],
  ['a name without an address', coded('ENOTFOUND'), false, 'unreachable'],
  ['a resolver that does not answer', coded('EAI_AGAIN'), false, 'unreachable'],
  ['no route', coded('EHOSTUNREACH'), false, 'unreachable'],
  ['a connection that nobody takes', coded('ETIMEDOUT'), false, 'unreachable'],
  ['a reset before the connection stands', coded('ECONNRESET'), false, 'unreachable'],
  ['too many open files here', coded('EMFILE'), false, 'unreachable'],
  ['a refusal where no IPv6 is to be had', several('ENETUNREACH', 'ECONNREFUSED'), false, 'refused'],
  ['a refusal beside an address that is silent', several('ETIMEDOUT', 'ECONNREFUSED'), false, 'unreachable'],
  ['a reset of a connection that stands', coded('ECONNRESET'), true, 'broken'],
  ['an alert of TLS', coded('ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), true, 'broken'],
  ['a route that is lost while the connection stands', coded('EHOSTUNREACH'), true, 'unreachable'],
  ['silence while the connection stands', coded('ETIMEDOUT'), true, 'unreachable'],
])('%s is judged', (_, error, stands, kind) => {
  expect(connectionFailure(error, stands).kind).toBe(kind)
})
