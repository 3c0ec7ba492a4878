// A service in a process of its own: it reads its settings when it starts, as an app in a cloud does, and asks its inventory.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { EditableSettings, Restartable } from '@cutover/health-checks'

/** Waits a second for its inventory, and says 503 when that is refused, or late. Told to, it waits for ever. */
const code = `
  const { INVENTORY_URL, PORT, PATIENT } = process.env
  require('node:http').createServer(async (request, response) => {
    const signal = AbortSignal.timeout(PATIENT ? 60_000 : 1_000)
    try {
      const answer = await fetch(INVENTORY_URL, { signal })
      response.end('stock: ' + (await answer.text()))
    } catch (error) {
      response.writeHead(503, { 'retry-after': '5' }).end(error.name)
    }
  }).listen(Number(PORT), '127.0.0.1', () => process.stdout.write('up'))`

export interface RestartedService extends AsyncDisposable {
  readonly url: string
  readonly inventoryUrl: string
  readonly settings: EditableSettings
  readonly app: Restartable
  values(): Readonly<Record<string, string>>
}

export async function restartedService(extra: Readonly<Record<string, string>> = {}): Promise<RestartedService> {
  const inventory = createServer((_, response) => response.end('3'))
  inventory.listen(0, '127.0.0.1')
  await once(inventory, 'listening')
  const inventoryUrl = `http://127.0.0.1:${(inventory.address() as AddressInfo).port}/`
  const port = await freePort()
  let values: Record<string, string> = { INVENTORY_URL: inventoryUrl, ...extra }
  let child: ChildProcess | undefined
  let starts = 0

  async function stop(): Promise<void> {
    if (!child) return
    child.kill('SIGKILL')
    await once(child, 'exit')
    child = undefined
  }
  async function start(): Promise<void> {
    starts += 1
    const env = { ...values, PORT: String(port), PATH: process.env['PATH'] ?? '' }
    child = spawn(process.execPath, ['-e', code], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    if (child.stdout) await once(child.stdout, 'data')
  }
  await start()

  return {
    url: `http://127.0.0.1:${port}/stock`,
    inventoryUrl,
    values: () => values,
    settings: {
      name: 'service:orders',
      host: '127.0.0.1',
      lateMs: 1_000,
      settings: () => Promise.resolve({ values }),
      async write(changes, { fence }) {
        fence()
        const next = Object.entries({ ...values, ...changes }).filter(([, value]) => value !== undefined)
        values = Object.fromEntries(next) as Record<string, string>
        await stop()
        await start()
      },
    },
    app: {
      name: 'service:orders',
      host: '127.0.0.1',
      async restart() {
        await stop()
        await start()
      },
      instance: () => Promise.resolve(`start ${starts}`),
    },
    async [Symbol.asyncDispose]() {
      await stop()
      inventory.closeAllConnections()
      inventory.close()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
