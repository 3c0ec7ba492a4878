// The same workload in a fake world, with the delays of the real clouds: what a rehearsal runs.
import { dnsRecord } from '@cutover/dns'
import { inMemoryResolver, inMemoryZone } from '@cutover/dns/testing'
import { httpProbe, nOfM } from '@cutover/health-checks'
import { inMemoryHosts } from '@cutover/health-checks/testing'
import type { FakeWorld, Invariant } from '@cutover/rehearsal'
import { link } from '@cutover/sync'
import {
  inMemoryLedger,
  type InMemoryQueue,
  inMemoryQueue,
  type InMemoryStore,
  inMemoryStore,
} from '@cutover/sync/testing'
import { inMemoryFunctionApp, inMemoryLambda } from '@cutover/triggers/testing'

import { functions, name, source, target, zoneName } from './clouds.ts'
import type { Orders } from './move-orders.ts'

/** A target that is ill falls so a quarter of a minute after its first order. */
export function fake(world: FakeWorld, { fate }: { readonly fate: 'well' | 'ill' }) {
  const zone = inMemoryZone(world, [{ name, type: 'A', ttlSeconds: 300, values: [source] }], { name: zoneName })
  const hosts = inMemoryHosts(world)
  const host = hosts.serve(target)
  const s3 = inMemoryStore(world, { 'archive/1.json': '{"order":1}' }, { id: 's3:orders' })
  const blob = inMemoryStore(world, {}, { id: 'blob:orders' })
  const sqs = inMemoryQueue(world, [], { id: 'sqs:orders', like: 'sqs' })
  const storageQueue = inMemoryQueue(world, [], { id: 'queue:orders', like: 'storage-queue' })
  const ledger = inMemoryLedger(world)
  const lambda = inMemoryLambda(world, {
    functionName: 'orders',
    triggers: { queue: { sqs: 'orders' }, http: { http: true } },
  })
  const app = inMemoryFunctionApp(world, { name: 'orders', triggers: functions, http: ['http'], functionTimeout: '1m' })
  const probe = httpProbe({ url: `http://${name}/health`, address: target, transport: hosts.transport })
  const orders: Orders = {
    api: dnsRecord(zone, name, 'A'),
    to: target,
    ttlSeconds: 30,
    lambda,
    app,
    documents: link('documents', { from: s3, to: blob, ledger, every: '1m' }),
    messages: { from: sqs, to: storageQueue, ledger, every: '30s' },
    ready: nOfM(probe, { pass: 2, of: 3, title: 'The function app answers under the real name' }),
    healthy: nOfM(probe, { pass: 8, of: 10, title: 'The function app is well' }),
  }
  const fall = (): void => {
    if (fate === 'ill') world.later(15_000, () => host.turn('sick'))
  }
  return { ...orders, zone, s3, blob, sqs, storageQueue, lambda, app, fall }
}

export type Fakes = ReturnType<typeof fake>

interface Side {
  readonly by: string
  readonly store: InMemoryStore
  readonly queue: InMemoryQueue
  takes(): readonly string[]
}

/** Few orders: each is some writes, each write meets every fault. */
const everyMs = 100_000

/** Clients that order and functions that work, as the control planes say. */
export function load({ zone, s3, blob, sqs, storageQueue, lambda, app, fall }: Fakes, world: FakeWorld): () => void {
  const sides: Readonly<Record<string, Side>> = {
    [source]: { by: 'aws', store: s3, queue: sqs, takes: () => lambda.listening },
    [target]: { by: 'azure', store: blob, queue: storageQueue, takes: () => app.listening },
  }
  const resolvers = [0, 1].map(() => inMemoryResolver(world, { zone }))
  let number = 0
  let first = true
  const stopOrdering = resolvers.map((resolver, client) =>
    world.repeat(
      everyMs,
      () => {
        const side = sides[resolver.answer(name, 'A')?.values[0] ?? '']
        // 429 or 404: the client orders again later.
        if (!side?.takes().includes('http')) return
        const what = `order-${++number}`
        side.store.write(`orders/${what}`, what)
        side.queue.push(what)
        world.observe({ kind: 'accepted', what, by: side.by })
        if (side.by === 'azure' && first) fall()
        if (side.by === 'azure') first = false
      },
      1_000 + (client * everyMs) / resolvers.length,
    ),
  )
  const stopWorking = world.repeat(20_000, () => {
    for (const { by, store, queue, takes } of Object.values(sides)) {
      if (!takes().includes('queue')) continue
      for (const { body } of queue.take()) {
        store.write(`receipts/${body}`, by)
        world.observe({ kind: 'handled', what: body, by })
      }
    }
  })
  return () => {
    for (const stop of stopOrdering) stop()
    world.later(55_000, stopWorking)
  }
}

/** Every order and every receipt is in a store; and where one side alone works again, it is in the store of that side. */
export const documentsAreKept: Invariant<Fakes> = {
  name: 'no document is lost',
  holds({ s3, blob, lambda, app }, { observed }) {
    const [inAws, inAzure] = [isWhole(lambda.listening), isWhole(app.listening)]
    const kept = inAws === inAzure ? { ...s3.texts, ...blob.texts } : inAws ? s3.texts : blob.texts
    const told = observed.flatMap((seen) => {
      if (seen.kind === 'accepted') return [`orders/${seen.what}`]
      return seen.kind === 'handled' ? [`receipts/${seen.what}`] : []
    })
    const missing = told.filter((wanted) => !(wanted in kept))
    const where = inAws === inAzure ? 'neither store has' : inAws ? 'S3 lacks' : 'Blob lacks'
    return missing.length === 0 ? undefined : `${where} ${missing.slice(0, 3).join(', ')}`
  },
}

const isWhole = (names: readonly string[]): boolean => names.includes('http') && names.includes('queue')
