import { fakeWorld } from '@cutover/core/testing'
import { allMoved, apply, caughtUp, follow, link, memoryLedger, sameContent } from '@cutover/sync'
import { transferQueue, turnLink, waitFor } from '@cutover/sync'
import { inMemoryQueue, inMemoryStore } from '@cutover/sync/testing'

const world = fakeWorld() // virtual time: this takes milliseconds
const { clock } = world
const ledger = memoryLedger()

const s3 = inMemoryStore(world, { 'a.pdf': 'A', 'b.pdf': 'B' }, { id: 's3:uploads' })
const blob = inMemoryStore(world, {}, { id: 'blob:uploads' })
const uploads = link('uploads', { from: s3, to: blob, ledger })
await apply(follow(uploads), world) // copies, and goes on copying
s3.write('c.pdf', 'C')
await waitFor(caughtUp(uploads), { within: '2h', clock })
const { text } = await waitFor(sameContent(uploads), { clock })
console.log(text)
// → 3 objects have the same bytes at both sides

const turned = await apply(turnLink(uploads), world) // the target has the truth, and the source follows it
blob.write('d.pdf', 'written at Azure')
await turned.revert() // back, with what was written there
console.log(s3.texts['d.pdf'])
// → written at Azure

const sqs = inMemoryQueue(world, ['order 1', 'order 2'], { id: 'sqs:orders' })
const storage = inMemoryQueue(world, [], { id: 'queue:orders', like: 'storage-queue' })
const orders = { from: sqs, to: storage, ledger }
const moving = await apply(transferQueue('orders', orders), world)
await waitFor(allMoved('orders', orders), { within: '10m', clock })
console.log(storage.bodies.join(', '))
// → order 1, order 2
storage.take(1) // Azure handles one
await moving.revert()
console.log(sqs.bodies.join(', '))
// → order 2
