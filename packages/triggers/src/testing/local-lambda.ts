import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { LambdaMachine, MachineMapping } from './lambda-machine.ts'
import { type AwsServiceError, awsError } from './service-errors.ts'

export interface LocalLambdaOptions {
  readonly machine: LambdaMachine
  /** @default 0, any free one */
  readonly port?: number | undefined
}

export interface LocalLambda extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: hand it to the SDK as `endpoint`. */
  readonly endpoint: string
  /** Method and path of every request, in order. */
  readonly requests: readonly string[]
  /** So many requests to come are done, and their connection is closed without an answer. */
  loseReplies(count: number): void
}

type Answer = readonly [status: number, body: unknown]

/**
 * The Lambda control plane over HTTP, on this machine alone: the calls that our adapter makes, with the service's paths, bodies
 * and errors, so that `@aws-sdk/client-lambda` works as it is. What it is not asked for by the adapter is a 404.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export async function localLambda({ machine, port = 0 }: LocalLambdaOptions): Promise<LocalLambda> {
  const requests: string[] = []
  let toLose = 0
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    requests.push(`${request.method} ${request.url}`)
    const [status, answer] = answered(machine, request, body)
    if (toLose > 0) {
      toLose -= 1
      request.socket.destroy()
      return
    }
    const type = status >= 400 ? { 'x-amzn-errortype': (answer as { Type: string }).Type } : {}
    response.writeHead(status, { 'content-type': 'application/json', ...type })
    response.end(status === 204 ? undefined : JSON.stringify(answer))
  }
  // A client that hangs up while it sends is no error of the server's.
  const server = createServer((request, response) => void handle(request, response).catch(() => request.destroy()))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    loseReplies: (count) => void (toLose = count),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answered(machine: LambdaMachine, request: IncomingMessage, body: string): Answer {
  try {
    const url = new URL(request.url ?? '', 'http://127.0.0.1')
    return route(machine, request.method ?? '', url, body)
  } catch (error) {
    const { name, message, $metadata } = error as Partial<AwsServiceError>
    if (!$metadata) return [500, { Type: 'ServiceException', Message: String(message) }]
    return [$metadata.httpStatusCode, { Type: name, Message: message }]
  }
}

function route(machine: LambdaMachine, method: string, { pathname, searchParams }: URL, body: string): Answer {
  const [version = '', kind, id = '', leaf] = pathname.split('/').slice(1).map(decodeURIComponent)
  if (kind === 'event-source-mappings' && version === '2015-03-31') {
    if (method === 'GET' && id === '') return [200, listed(machine, searchParams)]
    if (method === 'GET') return [200, mappingBody(machine, machine.mapping(id))]
    if (method === 'PUT') {
      const { Enabled: enabled, BatchSize: batchSize } = JSON.parse(body) as { Enabled?: boolean; BatchSize?: number }
      return [202, mappingBody(machine, machine.updateMapping(id, { enabled, batchSize }))]
    }
    if (method === 'DELETE') return [202, mappingBody(machine, machine.deleteMapping(id))]
  }
  if (kind === 'functions') {
    checkFunction(machine, id)
    const call = `${method} ${version} ${leaf}`
    switch (call) {
      case 'GET 2015-03-31 configuration':
        return [200, { FunctionName: machine.functionName, Timeout: machine.timeoutSeconds }]
      case 'GET 2019-09-30 concurrency':
        return [200, { ReservedConcurrentExecutions: machine.reservedConcurrency() }]
      case 'PUT 2017-10-31 concurrency': {
        const { ReservedConcurrentExecutions: units } = JSON.parse(body) as { ReservedConcurrentExecutions: number }
        machine.putReservedConcurrency(units)
        return [200, { ReservedConcurrentExecutions: units }]
      }
      case 'DELETE 2017-10-31 concurrency':
        machine.deleteReservedConcurrency()
        return [204, undefined]
    }
  }
  throw awsError('ResourceNotFoundException', `this server knows no ${method} ${pathname}`, 404)
}

/** At most 100 in a page, as the service. */
function listed(machine: LambdaMachine, search: URLSearchParams): unknown {
  checkFunction(machine, search.get('FunctionName') ?? machine.functionName)
  const from = Number(search.get('Marker') ?? 0)
  const size = Math.min(100, Number(search.get('MaxItems') ?? 100))
  const all = machine.mappings()
  const page = all.slice(from, from + size).map((mapping) => mappingBody(machine, mapping))
  return { EventSourceMappings: page, NextMarker: from + size < all.length ? String(from + size) : null }
}

const mappingBody = (machine: LambdaMachine, mapping: MachineMapping): unknown => ({
  UUID: mapping.uuid,
  BatchSize: mapping.batchSize,
  MaximumBatchingWindowInSeconds: mapping.maximumBatchingWindowSeconds,
  EventSourceArn: mapping.eventSourceArn,
  FunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${machine.functionName}`,
  LastModified: mapping.lastModifiedAt / 1_000,
  State: mapping.state,
  StateTransitionReason: 'USER_INITIATED',
})

function checkFunction({ functionName }: LambdaMachine, asked: string): void {
  const name = asked.startsWith('arn:') ? asked.split(':')[6] : asked.split(':')[0]
  if (name === functionName) return
  throw awsError('ResourceNotFoundException', `Function not found: ${asked}`, 404)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
