// What the cutover touches in the local world: official SDK clients over HTTP. A real account is other clients, and no other line.
import { Lambda } from '@aws-sdk/client-lambda'
import { WebSiteManagementClient } from '@azure/arm-appservice'
import { dnsRecord } from '@cutover/dns'
import { rfc2136Zone } from '@cutover/dns/rfc2136'
import { httpProbe, nOfM } from '@cutover/health-checks'
import { localAzureCredential, localAzurePolicy } from '@cutover/local-azure'
import { fileLedger, link } from '@cutover/sync'
import { s3Store, sqsQueue } from '@cutover/sync/aws'
import { blobStore, storageQueue } from '@cutover/sync/azure'
import { lambdaFunction } from '@cutover/triggers/aws'
import { functionApp } from '@cutover/triggers/azure'

import type { Orders } from './move-orders.ts'
import { type Endpoints, clients } from './stores.ts'

export const name = 'orders.example.test'
export const zoneName = 'example.test'
export const source = '127.0.0.2'
export const target = '127.0.0.3'
export const bucket = 'orders'
export const mapping = '1f0c9d2e-0000-4000-8000-000000000001'
export const subscriptionId = '00000000-0000-0000-0000-000000000001'
export const functions = { http: 'receiveOrder', queue: 'consumeOrders' } as const
/** For this demonstration only: made up, and known to everybody. */
export const key = { name: 'cutover', secret: 'ZGVtb25zdHJhdGlvbi1vbmx5LW5vdC1hLXNlY3JldCE=' }

/** Where the world's servers listen. */
export interface Ports {
  readonly dnsPort: number
  readonly httpPort: number
  readonly lambda: string
  readonly azure: string
  readonly queueUrl: string
  readonly stores: Endpoints
}

/** A request that is not answered is dead after so long: everything is on this machine. */
const lateMs = 1_500

export function local(ports: Ports, directory: string): Orders {
  const { s3, sqs, container, queue } = clients(ports.stores)
  const ledger = fileLedger(`${directory}/ledger.jsonl`)
  const lambda = new Lambda({
    endpoint: ports.lambda,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  const sites = new WebSiteManagementClient(localAzureCredential(), subscriptionId, {
    additionalPolicies: [localAzurePolicy(ports.azure)],
    retryOptions: { maxRetries: 0 },
  })
  const zone = rfc2136Zone({
    server: '127.0.0.1',
    port: ports.dnsPort,
    zone: zoneName,
    key,
    propagationMs: 500,
    lateMs,
  })
  const probe = httpProbe({ url: `http://${name}:${ports.httpPort}/health`, address: target, within: '2s' })
  return {
    api: dnsRecord(zone, name, 'A'),
    to: target,
    ttlSeconds: 1,
    lambda: lambdaFunction({
      client: lambda,
      sqs,
      functionName: 'orders',
      triggers: { queue: { eventSourceMapping: mapping, queueUrl: ports.queueUrl }, http: { http: true } },
      lateMs,
      switchMs: 2_000,
      pollMs: 100,
    }),
    app: functionApp({
      client: sites,
      resourceGroup: 'local',
      name: 'orders',
      triggers: functions,
      functionTimeout: '1s',
      lateMs,
      switchMs: 2_000,
    }),
    // The local S3 has no conditional writes, and lists in an order of its own; S3 itself has both.
    documents: link('documents', {
      from: s3Store({ client: s3, bucket, lateMs, conditionalWrites: false, sortedListing: false }),
      to: blobStore({ container: container(bucket), lateMs }),
      ledger,
      every: '200ms',
    }),
    messages: {
      from: sqsQueue({ client: sqs, queueUrl: ports.queueUrl, lateMs, waitSeconds: 0 }),
      to: storageQueue({ queue: queue(bucket), lateMs }),
      ledger,
      every: '100ms',
      hiddenFor: '3s',
      inFlightFor: '6s',
    },
    quiet: '1s',
    ready: nOfM(probe, { pass: 2, of: 3, every: '200ms', title: 'The function app answers under the real name' }),
    healthy: nOfM(probe, { pass: 8, of: 10, every: '200ms', title: 'The function app is well' }),
  }
}
