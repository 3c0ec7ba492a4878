import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Route53RecordSet } from '../route53/route53-like.ts'
import type { InMemoryRoute53 } from './in-memory-route53.ts'
import { element, escapeXml, namespace, response as xmlResponse, text, unescapeXml } from './route53-xml.ts'

export interface LocalRoute53 extends AsyncDisposable {
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

/**
 * Route 53 over HTTP, on this machine alone: the strict in-memory one with the service's paths, XML and errors, so that
 * `new Route53({ endpoint })` of `@aws-sdk/client-route-53` works as it is, retries included.
 */
export async function localRoute53(route53: InMemoryRoute53): Promise<LocalRoute53> {
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

/** What the service answers to a request that it refuses. */
export const route53ErrorBody = (code: string, message: string): string =>
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
    return [$metadata?.httpStatusCode ?? 500, route53ErrorBody(name, message)]
  }
}

async function answer(route53: InMemoryRoute53, method: string, url: URL, body: string): Promise<string> {
  const [, , kind, id = '', what = ''] = url.pathname.split('/')
  if (kind === 'change') return changeXml('GetChangeResponse', await route53.getChange({ Id: id }))
  if (what === 'rrsetprotection') return protections(route53, id, method, url, body)
  if (method === 'GET') return listing(route53, id, url.searchParams)
  const changes = [...body.matchAll(/<Change>(.*?)<\/Change>/gs)].map(([, change = '']) => ({
    Action: text(change, 'Action') as 'CREATE',
    ResourceRecordSet: recordSetIn(change),
  }))
  const answered = await route53.changeResourceRecordSets({ HostedZoneId: id, ChangeBatch: { Changes: changes } })
  return changeXml('ChangeResourceRecordSetsResponse', answered)
}

async function listing(route53: InMemoryRoute53, id: string, asked: URLSearchParams): Promise<string> {
  const page = await route53.listResourceRecordSets({
    HostedZoneId: id,
    ...(asked.has('name') && { StartRecordName: asked.get('name') ?? '' }),
    ...(asked.has('type') && { StartRecordType: asked.get('type') as 'A' }),
    ...(asked.has('identifier') && { StartRecordIdentifier: asked.get('identifier') ?? '' }),
    MaxItems: Number(asked.get('maxitems')),
  })
  const { ResourceRecordSets: sets = [], IsTruncated: isTruncated = false, ...next } = page
  const listed = sets.map((set) => element('ResourceRecordSet', set)).join('')
  const more = Object.entries(next).map(([key, value]) => element(key, value))
  return xmlResponse(
    'ListResourceRecordSetsResponse',
    `<ResourceRecordSets>${listed}</ResourceRecordSets><IsTruncated>${isTruncated}</IsTruncated>${more.join('')}<MaxItems>${asked.get('maxitems')}</MaxItems>`,
  )
}

function recordSetIn(xml: string): Route53RecordSet {
  const optional = (name: string): string | undefined => (xml.includes(`<${name}>`) ? text(xml, name) : undefined)
  const [ttl, weight, set, check] = ['TTL', 'Weight', 'SetIdentifier', 'HealthCheckId'].map(optional)
  const values = [...xml.matchAll(/<Value>(.*?)<\/Value>/gs)].map(([, value = '']) => ({ Value: unescapeXml(value) }))
  return {
    Name: text(xml, 'Name'),
    Type: text(xml, 'Type') as 'A',
    ...(ttl !== undefined && { TTL: Number(ttl) }),
    ...(values.length > 0 && { ResourceRecords: values }),
    ...(set !== undefined && { SetIdentifier: set }),
    ...(weight !== undefined && { Weight: Number(weight) }),
    ...(check !== undefined && { HealthCheckId: check }),
    ...(xml.includes('<AliasTarget>') && {
      AliasTarget: {
        HostedZoneId: text(xml, 'HostedZoneId'),
        DNSName: text(xml, 'DNSName'),
        EvaluateTargetHealth: text(xml, 'EvaluateTargetHealth') === 'true',
      },
    }),
  }
}

async function protections(
  route53: InMemoryRoute53,
  id: string,
  method: string,
  url: URL,
  body: string,
): Promise<string> {
  if (method === 'GET') {
    const asked = url.searchParams
    const page = await route53.listResourceRecordSetProtections?.({
      HostedZoneId: id,
      StartRecordName: asked.get('name') ?? '',
      StartRecordType: asked.get('type') as 'A',
      MaxResults: Number(asked.get('maxresults') ?? 100),
    })
    const listed = page?.ResourceRecordSetProtections?.map((one) => element('ResourceRecordSetProtection', one)) ?? []
    return xmlResponse(
      'ListResourceRecordSetProtectionsResponse',
      `<ResourceRecordSetProtections>${listed.join('')}</ResourceRecordSetProtections>`,
    )
  }
  const Protections = [
    ...body.matchAll(/<ResourceRecordSetProtection\w*>(.*?)<\/ResourceRecordSetProtection\w*>/gs),
  ].map(([, one = '']) => ({
    RecordName: text(one, 'RecordName'),
    RecordType: text(one, 'RecordType') as 'A',
    ...(one.includes('<Comment>') && { Comment: text(one, 'Comment') }),
  }))
  const isCreate = !url.pathname.endsWith('/delete')
  const call = isCreate ? route53.createResourceRecordSetProtections : route53.deleteResourceRecordSetProtections
  await call?.({ HostedZoneId: id, Protections })
  return xmlResponse(`${isCreate ? 'Create' : 'Delete'}ResourceRecordSetProtectionsResponse`, '')
}

function changeXml(
  name: string,
  { ChangeInfo: info }: { ChangeInfo?: { Id?: string | undefined; Status?: string | undefined } | undefined },
): string {
  const { Id: id = '', Status: status = '' } = info ?? {}
  return xmlResponse(name, element('ChangeInfo', { Id: id, Status: status, SubmittedAt: '2026-11-20T02:00:00Z' }))
}
