// Route 53, Azure DNS behind Resource Manager, a token endpoint and the app, on this machine; and how a script is told of them.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { fakeWorld } from '@cutover/core/testing'
import { systemClock } from '@cutover/dns'
import { azureDnsMachine, inMemoryRoute53, localRoute53 } from '@cutover/dns/testing'
import { dnsZones, localAzure } from '@cutover/local-azure'

export const aws = 'd-1.execute-api.us-east-1.amazonaws.com'
const subscription = '00000000-0000-0000-0000-000000000000'

export async function embeddedClouds(options: { readonly isWell?: boolean; readonly ttlSeconds?: number } = {}) {
  const { isWell = true, ttlSeconds = 2 } = options
  const records = [{ Name: 'api.example.com', Type: 'CNAME', TTL: ttlSeconds, ResourceRecords: [{ Value: aws }] }]
  const route53 = inMemoryRoute53(fakeWorld(), { records, insyncMs: 0 })
  const atAws = await localRoute53(route53)
  const machine = azureDnsMachine({ now: systemClock.now, name: 'example.com' })
  machine.put('api', 'CNAME', { ttl: ttlSeconds, cnameRecord: { cname: aws } })
  const atAzure = await localAzure({
    providers: [dnsZones({ machines: [machine], resourceGroup: 'dns' })],
    subscriptionId: subscription,
  })
  const { token } = (await atAzure.credential().getToken('https://management.azure.com/.default')) ?? { token: '' }
  const tokens = await serve((_request, response) => {
    const expires = Math.floor(systemClock.now() / 1_000) + 3_600
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ access_token: token, expires_on: String(expires), token_type: 'Bearer' }))
  })
  const app = await serve((_request, response) => response.writeHead(isWell ? 200 : 500).end())
  return {
    route53,
    machine,
    /** What the SDKs read of the environment: endpoints and credentials that are worth nothing elsewhere. */
    environment: {
      AWS_ENDPOINT_URL_ROUTE_53: atAws.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'embedded',
      IDENTITY_ENDPOINT: `${tokens.url}/msi/token`,
      IDENTITY_HEADER: 'embedded',
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      EMBEDDED_AZURE: atAzure.url,
      EMBEDDED_APP: app.url,
      NODE_OPTIONS: `--import ${new URL('redirect.ts', import.meta.url).href}`,
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([atAws[Symbol.asyncDispose](), atAzure.close(), tokens.close(), app.close()])
    },
  }
}

async function serve(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
