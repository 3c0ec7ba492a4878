// Two stores, two queues and a ledger, as most of these tests have them.
import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { link, type LinkOptions, type QueueTransferOptions } from '@cutover/sync'
import { inMemoryLedger, inMemoryQueue, inMemoryStore } from '@cutover/sync/testing'

export function stores(
  initial: Readonly<Record<string, string>> = { 'a.pdf': 'A', 'b.pdf': 'B' },
  {
    world = fakeWorld(),
    target = {},
    ...options
  }: Partial<LinkOptions> & {
    readonly world?: FakeWorld
    readonly target?: Readonly<Record<string, string>>
  } = {},
) {
  const from = inMemoryStore(world, initial, { id: 's3:uploads', pageSize: 2 })
  const to = inMemoryStore(world, target, { id: 'blob:uploads', pageSize: 3 })
  const ledger = inMemoryLedger(world)
  return { world, from, to, ledger, uploads: link('uploads', { from, to, ledger, ...options }) }
}

export function queues(
  initial: readonly string[] = ['a', 'b', 'c'],
  { world = fakeWorld(), ...options }: Partial<QueueTransferOptions> & { readonly world?: FakeWorld } = {},
) {
  const from = inMemoryQueue(world, initial, { id: 'sqs:orders' })
  const to = inMemoryQueue(world, [], { id: 'queue:orders', like: 'storage-queue' })
  const ledger = inMemoryLedger(world)
  return { world, from, to, ledger, options: { from, to, ledger, ...options } }
}

export const rejection = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'it did not reject',
    (error: unknown) => error,
  )
