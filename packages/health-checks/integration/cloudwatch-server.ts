import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { CloudWatchLike } from '@cutover/health-checks/cloudwatch'

/** A fake CloudWatch over HTTP, as the SDK speaks to it: JSON 1.0, instants in seconds. What moto does not do, this does. */
export async function serveCloudWatch(
  client: CloudWatchLike,
): Promise<AsyncDisposable & { readonly endpoint: string; readonly calls: number }> {
  let calls = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls += 1
      void answerTo(client, Buffer.concat(chunks).toString()).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body))
        return undefined
      })
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const instant = (seconds: unknown): Date => new Date(Number(seconds) * 1_000)

async function answerTo(client: CloudWatchLike, text: string): Promise<{ status: number; body: unknown }> {
  try {
    const input = JSON.parse(text) as Parameters<CloudWatchLike['getMetricData']>[0]
    const [StartTime, EndTime] = [instant(input.StartTime), instant(input.EndTime)]
    const answer = await client.getMetricData({ ...input, StartTime, EndTime })
    const MetricDataResults = answer.MetricDataResults?.map(({ Id, Values, StatusCode, Timestamps = [] }) => ({
      Id,
      Values,
      StatusCode,
      Timestamps: Timestamps.map((at) => at.getTime() / 1_000),
    }))
    return { status: 200, body: { ...answer, MetricDataResults } }
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    return { status: $metadata?.httpStatusCode ?? 500, body: { __type: `com.amazonaws#${name}`, message } }
  }
}
