// Run as a process of its own: it ends by itself only if closing leaves nothing behind.
import { localAzure, type Provider, sites } from '@cutover/local-azure'

import { orders } from './orders.ts'

const app = orders()
const slow: Provider = {
  ...sites([]),
  operations: [
    {
      id: 'Move',
      method: 'POST',
      path: '/subscriptions/{subscriptionId}/resourceGroups/local/providers/Microsoft.Web/move',
      handle: () => ({ status: 202, goesOn: { ms: 60_000, finish: () => ({ status: 200 }) } }),
    },
  ],
}
const server = await localAzure({ providers: [sites([app]), slow] })
const base = `${server.url}/subscriptions/${server.subscriptionId}/resourceGroups/local/providers/Microsoft.Web`
const { token } = await server.credential().getToken('https://management.azure.com/.default')
const ask = (method: string, path: string): Promise<Response> =>
  fetch(`${base}${path}?api-version=2024-04-01`, { method, headers: { authorization: `Bearer ${token}` } })

server.failNext('WebApps_Stop', 'slow')
server.failNext('WebApps_Start', 'late')
const stopping = ask('POST', '/sites/orders/stop').catch(() => 'cut')
await ask('POST', '/sites/orders/start').catch(() => 'cut')
await ask('POST', '/move')
const { status } = await ask('GET', '/sites/orders')
const text = `slow, late, goes on, answered ${status}, ${(await ask('GET', '/sites/orders')).status}`
await server.close()
await stopping
process.stdout.write(`${text}; closed; stopped ${app.calls.join() === 'stop' ? 'once' : app.calls.join()}\n`)
