// The connector of the fake world says what a real one says.
import { fakeWorld } from '@cutover/core/testing'
import { tcpProbe, tlsProbe } from '@cutover/health-checks'
import { inMemoryHosts, type ServeOptions } from '@cutover/health-checks/testing'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const host = 'api.example.com'
const address = 'orders.azurewebsites.net'

function hostsOf(options: ServeOptions = {}) {
  const world = fakeWorld()
  const hosts = inMemoryHosts(world)
  const app = hosts.serve(address, undefined, options)
  const { connector } = hosts
  return {
    app,
    tls: () => world.runUntil(tlsProbe({ host, address, connector }).run(contextOf(world))),
    tcp: (to = address) => world.runUntil(tcpProbe({ host: to, port: 5432, connector }).run(contextOf(world))),
  }
}

test.each([
  ['well', 'pass', 'held'],
  ['sick', 'pass', 'held'],
  ['refused', 'fail', 'refused'],
  ['silent', 'undecided', 'unreachable'],
] as const)('a server that is %s: %s', async (state, status, reason) => {
  const { app, tls, tcp } = hostsOf()
  app.turn(state)

  expect(await tcp()).toMatchObject({ status, evidence: { reason } })
  expect(await tls()).toMatchObject({ status, evidence: { reason } })
})

test('an address without a server is unreachable', async () => {
  expect(await hostsOf().tcp('10.0.0.9')).toMatchObject({ status: 'undecided', evidence: { reason: 'unreachable' } })
})

test.each([
  [{ names: ['shop.example.com'] }, 'certificate', /a certificate for shop\.example\.com, not for api\.example\.com/],
  [{ expired: true }, 'certificate', /has expired/],
  [{ expiresAt: '2026-12-01T00:00:00.000Z' }, 'expires', /for 10 days more, until 2026-12-01/],
])('a certificate with %o fails', async (options, reason, said) => {
  expect(await hostsOf(options).tls()).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(said),
    evidence: { reason },
  })
})
