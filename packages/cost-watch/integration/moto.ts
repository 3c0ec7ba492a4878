import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

import { systemClock } from '@cutover/core'

/** Why there is no moto; `undefined` when there is one. With CUTOVER_REQUIRE_SERVERS=1 it is an error. */
export const noMoto: string | undefined = missing()

export interface Moto extends AsyncDisposable {
  readonly endpoint: string
  /** For a client of the AWS SDK. */
  readonly client: {
    readonly endpoint: string
    readonly region: string
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
    readonly maxAttempts: number
  }
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort()
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${port}`
  await answers(endpoint, server)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  return {
    endpoint,
    client: { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 },
    async [Symbol.asyncDispose]() {
      const ended = once(server, 'exit')
      server.kill()
      await ended
    },
  }
}

function missing(): string | undefined {
  if (spawnSync('moto_server', ['--help']).status === 0) return undefined
  const text = "moto_server is not installed: pip install 'moto[server]'"
  if (process.env['CUTOVER_REQUIRE_SERVERS'] === '1') throw new Error(text)
  console.warn(`skipped: ${text}`)
  return text
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

async function answers(endpoint: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const up = await fetch(endpoint).then(
      () => true,
      () => false,
    )
    if (up) return
    await systemClock.sleep(100)
  }
  server.kill()
  throw new Error(`moto_server did not answer at ${endpoint} within 30 s`)
}
