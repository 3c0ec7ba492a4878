// The real SDK over HTTP, against a strict server of ours on the loopback: no emulator of the service runs without Docker.
import { AppConfigurationClient } from '@azure/app-configuration'
import { apply, repointEndpoint } from '@cutover/dns'
import { appConfigurationSetting } from '@cutover/dns/app-configuration'
import { expect, test } from 'vitest'

import { appConfigurationServer, type KeyValue } from './app-configuration-server.ts'

const from = 'https://d-1.execute-api.us-east-1.amazonaws.com/prod'
const to = 'https://orders.azurewebsites.net/prod'
const found: KeyValue = {
  value: from,
  content_type: 'text/plain',
  tags: { team: 'shop' },
  description: 'Where orders are',
  locked: false,
}

async function setUp(seed: Readonly<Record<string, KeyValue>> = { 'orders:url?prod': found, 'orders:url': found }) {
  const server = await appConfigurationServer(seed)
  const client = new AppConfigurationClient(server.connectionString, {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  })
  const setting = (label?: string) =>
    appConfigurationSetting({ client, store: 'shop', key: 'orders:url', label, callersKeepIt: '1ms', lateMs: 20 })
  const kept = (place: string) => {
    const { etag: _, ...value } = server.stored.get(place) ?? { etag: '', value: '' }
    return value
  }
  return { server, setting, kept }
}

test('a setting moves and comes back, with all that stands beside its value, each write with its etag', async () => {
  const { server, setting, kept } = await setUp()

  const { revert } = await apply(repointEndpoint(setting('prod'), { to, from }))

  expect(kept('orders:url?prod')).toEqual({ ...found, value: to })
  expect(kept('orders:url')).toEqual(found)
  await revert()
  expect(kept('orders:url?prod')).toEqual(found)
  const puts = server.requests.filter((request) => request.startsWith('PUT'))
  const put: unknown = expect.stringMatching(/^PUT \/kv\/orders%3Aurl\?prod "[\w-]+"$/)
  expect(puts).toEqual([put, put])
})

test('an edit of the tags between read and write is not overwritten', async () => {
  const { server, setting, kept } = await setUp()
  const theirs = { ...found, tags: { team: 'payments' } }
  server.beforeNextPut(() => server.edit('orders:url', theirs))

  const moved = apply(repointEndpoint(setting(), { to }))

  await expect(moved).rejects.toMatchObject({ code: 'CHANGE_REFUSED', cause: { code: 'DNS_CONFLICT' } })
  expect(kept('orders:url')).toEqual(theirs)
})

test('a lost reply is read back, and nothing is written twice', async () => {
  const { server, setting, kept } = await setUp()
  server.dropNextReply()

  await apply(repointEndpoint(setting(), { to }))

  expect(kept('orders:url')).toEqual({ ...found, value: to })
  expect(server.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(1)
})

test('a setting that is not there is not made, a locked one not written', async () => {
  const { server, setting } = await setUp({ 'orders:url?prod': { ...found, locked: true } })

  const missing = apply(repointEndpoint(setting(), { to }))
  await expect(missing).rejects.toMatchObject({ code: 'DNS_ENDPOINT_NOT_FOUND' })
  const locked = apply(repointEndpoint(setting('prod'), { to }))
  await expect(locked).rejects.toMatchObject({ code: 'CHANGE_REFUSED', cause: { code: 'DNS_CHANGE_REJECTED' } })
  expect([...server.stored.keys()]).toEqual(['orders:url?prod'])
})

test('credentials that the store does not accept are told', async () => {
  const { server } = await setUp()
  const wrong = server.connectionString.replace(/Secret=.*/, `Secret=${Buffer.from('other').toString('base64')}`)
  const client = new AppConfigurationClient(wrong, { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } })
  const setting = appConfigurationSetting({ client, store: 'shop', key: 'orders:url' })

  await expect(apply(repointEndpoint(setting, { to }))).rejects.toMatchObject({ code: 'DNS_NOT_AUTHORIZED' })
})
