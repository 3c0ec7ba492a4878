// Nothing is asked that the plan does not name: not by a URL, an address, a port, or a redirect.
import { functionalSuite, isCutoverError } from '@cutover/health-checks'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'
import { serveHttp } from '../loopback.ts'

const suite = (request: { url: string; address?: string; port?: number }, hosts: readonly string[], follow = 0) =>
  functionalSuite([{ id: 'case', component: 'orders', request, follow }], { components: ['orders'], hosts })

function refusalOf(make: () => unknown): string | undefined {
  try {
    make()
  } catch (error) {
    return isCutoverError(error) ? error.code : String(error)
  }
  return undefined
}

const url = 'https://api.example.com/orders'

test.each([
  ['the name of the URL', { url }, ['api.example.com']],
  ['whatever its case, and with a dot at its end', { url: 'https://API.example.com./' }, ['Api.Example.COM']],
  ['the address, when there is one', { url, address: 'orders.azurewebsites.net' }, ['orders.azurewebsites.net']],
  ['an IP address however it is written', { url: 'http://127.1/' }, ['127.0.0.1']],
  ['IPv6', { url: 'http://[::1]:8080/' }, ['0:0:0:0:0:0:0:1']],
  ['IPv6 with a port', { url: 'http://[::1]:8080/' }, ['[::1]:8080']],
  ['a port', { url: 'http://127.0.0.1:8080/' }, ['127.0.0.1:8080', '127.0.0.1:8081']],
  ["the scheme's port", { url }, ['api.example.com:443']],
])('a request goes to what is named: %s', (_, request, hosts) => {
  expect(refusalOf(() => suite(request, hosts))).toBeUndefined()
})

test.each([
  ['another name', { url }, ['orders.azurewebsites.net']],
  ['a longer name', { url: 'https://api.example.com.evil.test/' }, ['api.example.com']],
  ['a name below it', { url: 'https://v1.api.example.com/' }, ['api.example.com']],
  ['an address that is not named, under a name that is', { url, address: '10.0.0.7' }, ['api.example.com']],
  ['another port', { url, port: 8443 }, ['api.example.com:443']],
  ['an address hidden in a number', { url: 'http://2130706433/' }, ['localhost']],
])('a request to what is not named is refused when it is made: %s', (_, request, hosts) => {
  expect(refusalOf(() => suite(request, hosts))).toBe('HEALTH_HOST_NOT_NAMED')
})

test.each([[[]], [['*.azurewebsites.net']], [['https://api.example.com']], [['api.example.com/x']], [['a:0']], [['']]])(
  'hosts %j cannot be meant',
  (hosts) => {
    expect(refusalOf(() => suite({ url }, hosts))).toBe('HEALTH_OPTIONS_INVALID')
  },
)

test('of two names a request to the one is refused unless they are the same, whatever they are', () => {
  fc.assert(
    fc.property(fc.domain(), fc.domain(), (asked, named) => {
      const refused = refusalOf(() => suite({ url: `https://${asked}/` }, [named]))
      expect(refused).toBe(asked.toLowerCase() === named.toLowerCase() ? undefined : 'HEALTH_HOST_NOT_NAMED')
    }),
  )
})

test('a check says whom it asks, and is refused for anybody else', () => {
  const check = { id: 'own', title: 'Own', run: () => Promise.resolve({ status: 'pass' as const, text: 'well' }) }
  const own = (host: string) => () =>
    functionalSuite([{ id: 'own', component: 'orders', host, check }], {
      components: ['orders'],
      hosts: ['127.0.0.1:8080', 'api.example.com'],
    })

  expect(refusalOf(own('127.0.0.1'))).toBeUndefined()
  expect(refusalOf(own('api.example.com'))).toBeUndefined()
  expect(refusalOf(own('shop.example.com'))).toBe('HEALTH_HOST_NOT_NAMED')
  expect(refusalOf(own(''))).toBe('HEALTH_HOST_NOT_NAMED')
})

test('a redirect is followed to a host that is named, without the headers of the first, and to no other', async () => {
  const seen: (string | undefined)[] = []
  const other = await serveHttp((request, response) => {
    seen.push(request.headers['x-functions-key'] as string | undefined)
    response.end('there')
  })
  const first = await serveHttp((_, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${other}/there` }).end()
  })
  const request = { url: `http://127.0.0.1:${first}/`, headers: { 'x-functions-key': '4f1d-4f1d' } }

  const followed = await suite(request, ['127.0.0.1'], 1).run(contextOf())
  const refused = await suite(request, [`127.0.0.1:${first}`], 1).run(contextOf())
  const notFollowed = await suite(request, ['127.0.0.1']).run(contextOf())

  expect(followed.status).toBe('pass')
  expect(refused).toMatchObject({
    status: 'fail',
    text: expect.stringMatching(/leads to http:\/\/127\.0\.0\.1:\d+, which hosts does not name/),
  })
  expect(notFollowed).toMatchObject({ status: 'fail', text: expect.stringMatching(/answered 302 to http/) })
  expect(seen).toEqual([undefined])
})
