// The strict in-memory Route 53 behind HTTP, so that the real SDK speaks to it: its XML, its errors, its retries.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { InMemoryRoute53 } from '@cutover/dns/testing'

export interface Route53Server extends AsyncDisposable {
  readonly endpoint: string
  /** Method and path of every request, in order. */
  readonly requests: readonly string[]
  /** The next writes are made, and their connection is closed without an answer. */
  loseReplies(count: number): void
  /** The next request is answered so. */
  answerNext(status: number, body: string): void
  /** Requests are taken and never answered. */
  hang(): void
}

const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/'

export async function route53Server(route53: InMemoryRoute53): Promise<Route53Server> {
  const requests: string[] = []
  const scripted: (readonly [number, string])[] = []
  let repliesToLose = 0
  let hangs = false
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    requests.push(`${request.method} ${request.url}`)
    if (hangs) return
    const [status, xml] = scripted.shift() ?? (await answerOrError(route53, request, body))
    if (request.method === 'POST' && status === 200 && repliesToLose > 0) {
      repliesToLose -= 1
      request.socket.destroy()
    } else {
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml)
    }
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    loseReplies: (count) => void (repliesToLose = count),
    answerNext: (status, body) => void scripted.push([status, body]),
    hang: () => void (hangs = true),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const errorBody = (code: string, message: string): string =>
  `<?xml version="1.0"?><ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code>` +
  `<Message>${escapeXml(message)}</Message></Error><RequestId>test</RequestId></ErrorResponse>`

async function answerOrError(
  route53: InMemoryRoute53,
  request: IncomingMessage,
  body: string,
): Promise<[number, string]> {
  try {
    return [200, await answer(route53, request.method ?? '', new URL(request.url ?? '', 'http://localhost'), body)]
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    return [$metadata?.httpStatusCode ?? 500, errorBody(name, message)]
  }
}

async function answer(route53: InMemoryRoute53, method: string, url: URL, body: string): Promise<string> {
  const [, , kind, id = ''] = url.pathname.split('/')
  if (kind === 'change') return changeXml('GetChangeResponse', await route53.getChange({ Id: id }))
  if (method === 'GET') {
    const { ResourceRecordSets: sets = [] } = await route53.listResourceRecordSets({
      HostedZoneId: id,
      StartRecordName: url.searchParams.get('name') ?? '',
      StartRecordType: url.searchParams.get('type') as 'A',
      MaxItems: Number(url.searchParams.get('maxitems')),
    })
    const listed = sets.map((set) => element('ResourceRecordSet', set)).join('')
    return response(
      'ListResourceRecordSetsResponse',
      `<ResourceRecordSets>${listed}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>1</MaxItems>`,
    )
  }
  const changes = [...body.matchAll(/<Change>(.*?)<\/Change>/gs)].map(([, change = '']) => ({
    Action: text(change, 'Action') as 'CREATE',
    ResourceRecordSet: {
      Name: text(change, 'Name'),
      Type: text(change, 'Type') as 'A',
      TTL: Number(text(change, 'TTL')),
      ResourceRecords: [...change.matchAll(/<Value>(.*?)<\/Value>/gs)].map(([, value = '']) => ({
        Value: unescapeXml(value),
      })),
    },
  }))
  const answered = await route53.changeResourceRecordSets({ HostedZoneId: id, ChangeBatch: { Changes: changes } })
  return changeXml('ChangeResourceRecordSetsResponse', answered)
}

function changeXml(
  name: string,
  { ChangeInfo: info }: { ChangeInfo?: { Id?: string | undefined; Status?: string | undefined } | undefined },
): string {
  const { Id: id = '', Status: status = '' } = info ?? {}
  return response(name, element('ChangeInfo', { Id: id, Status: status, SubmittedAt: '2026-11-20T02:00:00Z' }))
}

function element(name: string, value: unknown): string {
  if (Array.isArray(value)) return `<${name}>${value.map((item) => element('ResourceRecord', item)).join('')}</${name}>`
  if (typeof value !== 'object' || value === null) return `<${name}>${escapeXml(String(value))}</${name}>`
  const children = Object.entries(value).map(([key, child]) => element(key, child))
  return `<${name}>${children.join('')}</${name}>`
}

const response = (name: string, content: string): string =>
  `<?xml version="1.0"?><${name} xmlns="${namespace}">${content}</${name}>`

const text = (xml: string, name: string): string =>
  unescapeXml(new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '')

const escapeXml = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const unescapeXml = (xml: string): string =>
  xml
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
