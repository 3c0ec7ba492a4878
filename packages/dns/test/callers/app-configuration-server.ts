// Azure App Configuration on the loopback, as far as one key is concerned: HMAC authentication, ETags, If-Match, locks, and errors
// without a body, as its REST reference has them.
// https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { onTestFinished } from 'vitest'

export interface KeyValue {
  readonly value: string
  readonly content_type?: string | null
  readonly tags?: Readonly<Record<string, string>>
  readonly description?: string | null
  readonly locked?: boolean
}

const key = Buffer.from('not-a-real-key').toString('base64')

export async function appConfigurationServer(seed: Readonly<Record<string, KeyValue>>) {
  let writes = 0
  const etagOf = (): string =>
    createHash('sha256')
      .update(`write ${(writes += 1)}`)
      .digest('base64url')
  const stored = new Map(Object.entries(seed).map(([name, found]) => [name, { ...found, etag: etagOf() }]))
  const requests: string[] = []
  let dropNextReply = false
  let onPut: (() => void) | undefined

  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request)
      const url = new URL(request.url ?? '/', 'http://local')
      requests.push(
        `${request.method} ${url.pathname}${url.searchParams.get('label') ? `?${url.searchParams.get('label')}` : ''} ${request.headers['if-match'] ?? ''}`.trim(),
      )
      const answer = (status: number, found?: KeyValue & { etag: string }): void => {
        if (dropNextReply && request.method === 'PUT') {
          dropNextReply = false
          request.socket.destroy()
          return
        }
        // Of a refusal the service sends the headers alone.
        response.writeHead(status, {
          ...(found && {
            'content-type': 'application/vnd.microsoft.appconfig.kv+json; charset=utf-8',
            etag: `"${found.etag}"`,
          }),
        })
        response.end(found && JSON.stringify({ key: name, label, ...found, last_modified: '2026-11-20T02:00:00Z' }))
      }
      const name = decodeURIComponent(url.pathname.replace(/^\/kv\//, ''))
      const label = url.searchParams.get('label')
      const place = label === null ? name : `${name}?${label}`
      if (!isSigned(request, body)) return answer(401)
      if (url.searchParams.get('api-version') === null) return answer(400)
      if (request.method === 'GET') {
        const found = stored.get(place)
        return found ? answer(200, found) : answer(404)
      }
      if (request.method !== 'PUT') return answer(405)
      onPut?.()
      onPut = undefined
      const found = stored.get(place)
      const ifMatch = request.headers['if-match']
      if (ifMatch !== undefined && (!found || ifMatch !== `"${found.etag}"`)) return answer(412)
      if (found?.locked) return answer(409)
      const { value, content_type = null, tags = {}, description = null } = JSON.parse(body) as KeyValue
      const next = { value, content_type, tags, description, locked: false, etag: etagOf() }
      stored.set(place, next)
      return answer(200, next)
    })()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => void server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return {
    connectionString: `Endpoint=http://127.0.0.1:${port};Id=test;Secret=${key}`,
    requests,
    stored,
    edit: (place: string, value: KeyValue) => void stored.set(place, { ...value, etag: etagOf() }),
    dropNextReply: () => void (dropNextReply = true),
    /** Calls it when the next PUT has come, before it is looked at. */
    beforeNextPut: (edit: () => void) => void (onPut = edit),
  }
}

/** https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-hmac */
function isSigned(request: IncomingMessage, body: string): boolean {
  const { authorization = '', 'x-ms-date': date = '', 'x-ms-content-sha256': digest = '' } = request.headers
  const given = /^HMAC-SHA256 Credential=test&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=(.+)$/.exec(
    authorization,
  )
  if (createHash('sha256').update(body).digest('base64') !== digest) return false
  const signed = `${request.method}\n${request.url}\n${date as string};${request.headers.host};${digest}`
  const wanted = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest()
  const signature = Buffer.from(given?.[1] ?? '', 'base64')
  return signature.length === wanted.length && timingSafeEqual(signature, wanted)
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
