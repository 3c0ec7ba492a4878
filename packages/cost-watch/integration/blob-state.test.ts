// The kept state of a watch, in Azurite through the SDK's own client.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { blobState } from '@cutover/cost-watch/azure'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The well-known account of the emulator. */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

let stop: () => Promise<unknown>
let service: BlobServiceClient
let container: ContainerClient

beforeAll(async () => {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  const port = await freePort()
  const flags = [
    '--silent',
    '--inMemoryPersistence',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--blobPort',
    `${port}`,
  ]
  const azurite = spawn(process.execPath, [main, ...flags], { stdio: 'ignore' })
  stop = () => {
    azurite.kill()
    return once(azurite, 'exit')
  }
  const endpoint = `http://127.0.0.1:${port}/${account}`
  const connection = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`
  service = BlobServiceClient.fromConnectionString(connection, { retryOptions: { maxTries: 1 } })
  container = service.getContainerClient('cutover')
  for (let tries = 0; tries < 300; tries++) {
    const made = await container.create().then(
      () => true,
      () => false,
    )
    if (made) return
    await pause(100)
  }
})

afterAll(() => stop())

test('what was written is read by another process; before, there is nothing', async () => {
  const first = blobState(container, 'one.json')

  expect(await first.read()).toBeUndefined()
  await first.write('{"größe":1}')
  await first.write('{"größe":2}')

  expect(await blobState(container, 'one.json').read()).toBe('{"größe":2}')
})

test('of two watches that began from the same state the later one is refused, and goes on from the other’s', async () => {
  const [one, other] = [blobState(container, 'two.json'), blobState(container, 'two.json')]
  await Promise.all([one.read(), other.read()])
  await one.write('1')

  await expect(other.write('2')).rejects.toMatchObject({ code: 'COST_CONFLICT', retryable: true })
  await one.write('3')
  await expect(other.write('2')).rejects.toMatchObject({ code: 'COST_CONFLICT' })

  expect(await other.read()).toBe('3')
  await other.write('4')
  expect(await one.read()).toBe('4')
})

test('a container that is not there is no empty state', async () => {
  const state = blobState(service.getContainerClient('elsewhere'), 'one.json')

  await expect(state.read()).rejects.toMatchObject({ code: 'COST_NOT_FOUND' })
})

test('an abort is passed on unchanged', async () => {
  const reason = new Error('enough')

  await expect(blobState(container, 'one.json').read({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
