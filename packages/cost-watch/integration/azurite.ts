// Azurite's blob service on a free port, with nothing on disk.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'

import { BlobServiceClient } from '@azure/storage-blob'
import { systemClock } from '@cutover/core'

/** The well-known account of the emulator. */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export interface Azurite extends AsyncDisposable {
  readonly service: BlobServiceClient
}

/** With an empty container of that name. */
export async function startAzurite(containerName: string): Promise<Azurite> {
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
  const server = spawn(process.execPath, [main, ...flags], { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${port}/${account}`
  const connection = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`
  const service = BlobServiceClient.fromConnectionString(connection, { retryOptions: { maxTries: 1 } })
  for (let attempt = 0; ; attempt += 1) {
    const failure = await service
      .getContainerClient(containerName)
      .create()
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    if (failure === undefined) break
    if (attempt === 300 || server.exitCode !== null) throw new Error('azurite does not answer', { cause: failure })
    await systemClock.sleep(100)
  }
  return {
    service,
    async [Symbol.asyncDispose]() {
      const ended = once(server, 'exit')
      server.kill()
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
