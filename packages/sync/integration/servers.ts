// S3 and SQS in this process, Blob and Queue Storage in a child process: both from npm, on free ports, with nothing on disk.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { S3 } from '@aws-sdk/client-s3'
import { SQS } from '@aws-sdk/client-sqs'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue'
import { startFauxqs } from 'fauxqs'

export interface Servers extends AsyncDisposable {
  /** For `clients` in another process. */
  readonly endpoints: Endpoints
}

export interface Endpoints {
  readonly aws: string
  readonly blob: string
  readonly queue: string
}

export async function servers(): Promise<Servers> {
  const fauxqs = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' })
  const azurite = await startAzurite()
  return {
    endpoints: { aws: `http://127.0.0.1:${fauxqs.port}`, ...azurite.endpoints },
    async [Symbol.asyncDispose]() {
      azurite.process.kill()
      await once(azurite.process, 'exit')
      await fauxqs.stop()
    },
  }
}

/** The well-known account of the emulator. */
const account = 'devstoreaccount1'
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

async function startAzurite(): Promise<{ readonly process: ChildProcess; readonly endpoints: Omit<Endpoints, 'aws'> }> {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js')
  const [blobPort, queuePort, tablePort] = [await freePort(), await freePort(), await freePort()]
  const ports = ['--blobPort', blobPort, '--queuePort', queuePort, '--tablePort', tablePort].map(String)
  const process = spawn(
    globalThis.process.execPath,
    [main, '--silent', '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', ...ports],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  const collect = (chunk: Buffer): void => void (said += String(chunk))
  process.stdout.on('data', collect)
  process.stderr.on('data', collect)
  const endpoints = {
    blob: `http://127.0.0.1:${blobPort}/${account}`,
    queue: `http://127.0.0.1:${queuePort}/${account}`,
  }
  for (const endpoint of Object.values(endpoints)) await answers(endpoint, process, () => said)
  return { process, endpoints }
}

async function answers(endpoint: string, process: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 900; tries++) {
    if (process.exitCode !== null) break
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => void setTimeout(resolve, 100))
  }
  throw new Error(`azurite does not answer at ${endpoint}: ${said()}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface Clients {
  readonly s3: S3
  readonly sqs: SQS
  container(name: string): ContainerClient
  queue(name: string): QueueClient
}

/** The SDKs' own clients; each call is sent once unless told otherwise. */
export function clients({ aws, blob, queue }: Endpoints, { attempts = 1 } = {}): Clients {
  const options = {
    endpoint: aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: attempts,
  }
  const retryOptions = { maxTries: attempts }
  const blobs = BlobServiceClient.fromConnectionString(storage(blob), { retryOptions })
  const queues = QueueServiceClient.fromConnectionString(storage(queue), { retryOptions })
  return {
    s3: new S3({ ...options, forcePathStyle: true }),
    sqs: new SQS(options),
    container: (name) => blobs.getContainerClient(name),
    queue: (name) => queues.getQueueClient(name),
  }
}

const storage = (endpoint: string): string =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};QueueEndpoint=${endpoint};`
