// The world: both clouds with their control planes, functions and stores, a name server, and the clients. It goes on, whatever
// becomes of the process that moves the workload. node world.ts DIRECTORY (well|ill)
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { dnsServer } from '@cutover/dns/testing'
import { localAzure, sites } from '@cutover/local-azure'
import { lambdaMachine, localLambda, siteMachine } from '@cutover/triggers/testing'

import { caller } from './callers.ts'
import {
  bucket,
  functions,
  key,
  mapping,
  name,
  type Ports,
  source,
  subscriptionId,
  target,
  zoneName,
} from './clouds.ts'
import { clients, servers } from './stores.ts'
import { aws, azure, httpFunction, queueFunction } from './workload.ts'

const [directory = '', fate = 'well'] = process.argv.slice(2)
const callers = 6
/** How long the function app bears its new traffic before its health check says that it is ill. It goes on answering. */
const bearsMs = 250
const now = (): number => Date.now()

await using stores = await servers()
const sdk = clients(stores.endpoints)
await sdk.s3.createBucket({ Bucket: bucket })
await sdk.container(bucket).create()
await sdk.queue(bucket).create()
const { QueueUrl: queueUrl = '' } = await sdk.sqs.createQueue({
  QueueName: bucket,
  Attributes: { VisibilityTimeout: '5' },
})
for (let i = 0; i < 40; i++)
  await sdk.s3.putObject({ Bucket: bucket, Key: `archive/${i}.json`, Body: `{"order":${i}}` })

const quick = { disabling: 300, enabling: 300, updating: 100, creating: 100, deleting: 100 }
const lambda = lambdaMachine({
  now,
  functionName: 'orders',
  timeoutSeconds: 1,
  mappings: [{ uuid: mapping, eventSourceArn: `arn:aws:sqs:us-east-1:123456789012:${bucket}` }],
  delaysMs: quick,
})
const off = Object.fromEntries(Object.values(functions).map((one) => [`AzureWebJobs.${one}.Disabled`, 'true']))
const site = siteMachine({
  now,
  name: 'orders',
  functions: Object.values(functions),
  appSettings: { ...off, REGION: 'westeurope' },
  restartMs: 300,
})
await using lambdaServer = await localLambda({ machine: lambda })
await using azureServer = await localAzure({ providers: [sites([site])], subscriptionId })
await using dns = await dnsServer({
  zones: [{ name: zoneName, records: [{ name, type: 'A', ttlSeconds: 2, values: [source] }] }],
  keys: [key],
})

let firstByAzureAt: number | undefined
const isIll = (): boolean => fate === 'ill' && firstByAzureAt !== undefined && now() - firstByAzureAt > bearsMs
const inAws = aws(sdk, queueUrl, {
  http: () => ({ runs: !lambda.throttles(), status: 429 }),
  consumes: () => lambda.polls(mapping),
})
const inAzure = azure(sdk, {
  http: () => ({ runs: site.listens(functions.http), status: 404 }),
  consumes: () => site.listens(functions.queue),
})
const first = httpFunction(inAws, () => false).listen(0, source)
await once(first, 'listening')
const httpPort = (first.address() as AddressInfo).port
const second = httpFunction(inAzure, isIll).listen(httpPort, target)
await once(second, 'listening')

const [accepted, handled] = [`${directory}/accepted.jsonl`, `${directory}/handled.jsonl`]
const stopOrdering = new AbortController()
const stopWorking = new AbortController()
const onAccepted = (side: string): void => {
  if (side === 'azure') firstByAzureAt ??= now()
}
const working = [inAws, inAzure].map((cloud) => queueFunction(cloud, handled, stopWorking.signal))
const ordering = Array.from({ length: callers }, (_, number) =>
  caller({ number, name, dnsPort: dns.port, httpPort, log: accepted, onAccepted }, stopOrdering.signal),
)
const ports: Ports = {
  dnsPort: dns.port,
  httpPort,
  lambda: lambdaServer.endpoint,
  azure: azureServer.url,
  queueUrl,
  stores: stores.endpoints,
}
process.send?.({ ports })

// Told to stop, the clients go home; what they have ordered is still worked on.
await once(process, 'message')
stopOrdering.abort()
await Promise.all(ordering)
await pause(1_000)
process.send?.({
  controls: {
    lambda: { ...lambda.switches(), throttled: lambda.throttles() },
    site: site.functions(),
    record: dns.records(zoneName).find((set) => set.name === name),
  },
})
await once(process, 'message')
stopWorking.abort()
await Promise.all(working)
first.close()
second.close()
process.disconnect()
