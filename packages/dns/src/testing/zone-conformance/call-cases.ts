import { type AddCase, cname, equal, overJournal, rejection } from './zone-trial.ts'

/** How calls are fenced, aborted, journalled and waited for. */
export function callCases(add: AddCase): void {
  add('finds and receipts survive a journal', async ({ zone, name, create }) => {
    const found = await create(cname(name(), 300, 'source.example.net'))

    const receipt = await zone.replace(overJournal(found), cname(name(), 30, 'target.example.net'))

    equal(overJournal(receipt), receipt, 'receipt')
  })

  add('writes nothing when the fence throws', async ({ zone, name, find, create }) => {
    const set = cname(name(), 300, 'source.example.net')
    const found = await create(set)
    const fenced = new Error('fenced')
    const fence = (): never => {
      throw fenced
    }

    const reason = await rejection(zone.replace(found, undefined, { fence }))

    equal(reason === fenced, true, "rejected with the fence's own error")
    equal(await find(set), set, 'record')
  })

  add('calls the fence when it writes', async ({ zone, name }) => {
    let calls = 0

    await zone.replace(undefined, cname(name(), 300, 'source.example.net'), { fence: () => void (calls += 1) })

    equal(calls > 0, true, 'fence called')
  })

  add(
    "rejects with the signal's reason when it is aborted, and does nothing",
    async ({ zone, clock: own, name, find, create }) => {
      const set = cname(name(), 300, 'source.example.net')
      const found = await create(set)
      const reason = new Error('stopped')
      const signal = AbortSignal.abort(reason)

      const reasons = [
        await rejection(zone.find(set.name, set.type, { signal })),
        await rejection(zone.replace(found, undefined, { signal })),
        await rejection(zone.waitUntilServed(undefined, { since: own.now(), clock: own, signal })),
      ]

      equal(
        reasons.map((rejected) => rejected === reason),
        [true, true, true],
        'rejected with the reason itself',
      )
      equal(await find(set), set, 'record')
    },
  )

  add(
    'waits until a write is served, and without a receipt no longer than it can take',
    async ({ zone, clock: own, name, create }) => {
      const found = await create(cname(name(), 300, 'source.example.net'))
      const receipt: unknown = await zone.replace(found, cname(name(), 30, 'target.example.net'))

      await zone.waitUntilServed(overJournal(receipt), { since: own.now(), clock: own })
      await zone.waitUntilServed(receipt, { since: own.now(), clock: own })
      await zone.waitUntilServed(undefined, { since: own.now() - zone.propagationMs, clock: own })
    },
  )
}
