import { type Clock, systemClock } from '@cutover/core'
import type { ConformanceCase } from '@cutover/core/testing'

import type { Message, MessageContent, MessageQueue, SlotSending } from '../message-queue.ts'
import { equal, failed, rejection, rejects } from './trial.ts'

export interface MessageQueueConformanceOptions {
  /** A queue without messages; asked for by every case. */
  readonly emptyQueue: () => MessageQueue | Promise<MessageQueue>
  /** A body that the queue can never take. */
  readonly tooLarge: string
  /** For waits: messages that were received are shown again after some seconds. @default systemClock */
  readonly clock?: Clock | undefined
}

const attributes = {
  kind: { type: 'String', value: 'order' },
  count: { type: 'Number', value: '3' },
  seal: { type: 'Binary', value: 'AAEC/w==' },
}

/** Holds a queue to the port, whatever it is made of. */
export function messageQueueConformance(options: MessageQueueConformanceOptions): readonly ConformanceCase[] {
  const { emptyQueue, tooLarge, clock = systemClock } = options
  const cases: ConformanceCase[] = []
  const add = (name: string, run: (queue: MessageQueue) => Promise<void>): void =>
    void cases.push({ name, run: async () => run(await emptyQueue()) })
  const addOfSlots = (name: string, run: (queue: MessageQueue, slots: SlotSending) => Promise<void>): void =>
    add(`${name}, if it has slots`, async (queue) => {
      equal(queue.slots !== undefined, queue.supports.sendOnce, 'slots, as supports says')
      if (queue.slots) await run(queue, queue.slots)
    })
  /** Asks until there is one, for ten seconds. */
  const one = async (queue: MessageQueue, hiddenMs?: number): Promise<Message> => {
    for (let tries = 0; tries < 50; tries++) {
      const [message] = await receive(queue, hiddenMs)
      if (message) return message
      await clock.sleep(200)
    }
    return failed('nothing was received in ten seconds')
  }
  const now = (): { readonly now: number } => ({ now: clock.now() })

  add('states its id and its bounds', async (queue) => {
    equal(queue.id !== '' && queue.lateMs >= 0, true, 'an id, and lateMs of 0 or more')
  })

  for (const [what, content] of [
    ['a body', { body: 'one' }],
    ['JSON, umlauts and line ends', { body: '{"a": "ä\\u0000 <&>\r\n\t\'"}\r\n' }],
    ['attributes and an origin', { body: 'one', attributes, origin: 'sqs:orders/1' }],
    ['a body that looks like an envelope', { body: '{"cutover":1,"origin":"x","body":"inner"}' }],
  ] as const satisfies readonly (readonly [string, MessageContent])[]) {
    add(`gives back ${what} as it was sent`, async (queue) => {
      await queue.send(content)

      const { body, origin, attributes: found = {} } = await one(queue)
      equal(
        { body, origin, found },
        {
          found: {},
          ...content,
          attributes: undefined,
          ...('attributes' in content ? { found: content.attributes } : {}),
        },
        'message',
      )
    })
  }

  add('hides what was received, and shows it again, counted', async (queue) => {
    await queue.send({ body: 'one' })
    const first = await one(queue, 2_000)
    equal(await receive(queue), [], 'received while it is hidden')

    await clock.sleep(2_100)

    const second = await one(queue)
    equal([second.id, second.body], [first.id, 'one'], 'message')
    equal(second.receivedCount > first.receivedCount, true, 'a higher count')
  })

  add('removes what was received, and does no harm when it is gone', async (queue) => {
    await queue.send({ body: 'one' })
    const message = await one(queue, 1_000)

    equal([await queue.remove(message), await queue.remove(message)], [true, true], 'removed')

    await clock.sleep(1_100)
    equal(await receive(queue), [], 'received afterwards')
  })

  add('shows at once what is no longer to be hidden, and hides longer what is', async (queue) => {
    await queue.send({ body: 'one' })
    const first = await one(queue)
    await queue.hide(first, { hiddenMs: 0 })
    const second = await one(queue, 1_000)
    await queue.hide(second, { hiddenMs: 60_000 })

    await clock.sleep(1_100)

    equal(await receive(queue), [], 'received while it is hidden')
  })

  add('hands out no more than it is asked for', async (queue) => {
    for (const body of ['one', 'two', 'three']) await queue.send({ body })

    equal((await queue.receive({ max: 1, hiddenMs: 60_000 })).length <= 1, true, 'at most one')
  })

  add('counts what is hidden too', async (queue) => {
    for (const body of ['one', 'two']) await queue.send({ body })
    await one(queue)

    const counts = await queue.counts()
    equal(counts === undefined || counts.total === 2, true, `two, of ${JSON.stringify(counts)}`)
  })

  add('says in advance what it cannot take, and refuses it', async (queue) => {
    equal(typeof queue.refuses({ body: tooLarge }), 'string', 'why it is refused')
    equal(queue.refuses({ body: 'one', attributes }), undefined, 'why a small one is refused')

    await rejects(queue.send({ body: tooLarge }), 'SYNC_MESSAGE_REJECTED', 'sending it')

    equal(await receive(queue), [], 'received')
  })

  add('writes nothing when the fence throws, and calls it with every write', async (queue) => {
    await queue.send({ body: 'one' })
    const message = await one(queue, 1_000)
    const fenced = new Error('fenced')
    const fence = (): never => {
      throw fenced
    }
    const writes = [
      () => queue.send({ body: 'two' }, { fence }),
      () => queue.remove(message, { fence }),
      () => queue.hide(message, { hiddenMs: 60_000, fence }),
      ...(queue.slots ? [() => queue.slots?.reserve({ ...now(), fence }) ?? Promise.resolve()] : []),
    ]

    const reasons: unknown[] = []
    for (const write of writes) reasons.push(await rejection(write()))

    equal(
      reasons.map((reason) => reason === fenced),
      writes.map(() => true),
      "rejected with the fence's own error",
    )
    await clock.sleep(1_100)
    equal(
      (await receive(queue)).map(({ body }) => body),
      ['one'],
      'bodies',
    )
  })

  add("rejects with the signal's reason when it is aborted, and does nothing", async (queue) => {
    const reason = new Error('stopped')
    const signal = AbortSignal.abort(reason)

    const reasons = [
      await rejection(queue.receive({ max: 1, hiddenMs: 1_000, signal })),
      await rejection(queue.send({ body: 'one' }, { signal })),
      await rejection(queue.counts({ signal })),
    ]

    equal(
      reasons.map((rejected) => rejected === reason),
      [true, true, true],
      'the reason itself',
    )
    equal(await receive(queue), [], 'received')
  })

  addOfSlots('shows nobody an empty slot', async (queue, slots) => {
    await slots.reserve(now())

    equal(await receive(queue), [], 'received')
  })

  addOfSlots('fills a slot once, however often that is tried', async (queue, slots) => {
    const slot = JSON.parse(JSON.stringify(await slots.reserve(now()))) as Awaited<ReturnType<SlotSending['reserve']>>
    await clock.sleep(10)

    await slots.fill(slot, { body: 'one', attributes, origin: 'sqs:orders/1' }, now())
    await slots.fill(slot, { body: 'two' }, now())
    const message = await one(queue)
    await slots.fill(slot, { body: 'three' }, now())
    await queue.remove(message)
    await slots.fill(slot, { body: 'four' }, now())

    equal([message.body, message.origin, message.attributes], ['one', 'sqs:orders/1', attributes], 'message')
    equal(await receive(queue), [], 'received afterwards')
  })

  addOfSlots('cancels an empty slot, and says of a filled one that it is filled', async (queue, slots) => {
    const [empty, filled] = [await slots.reserve(now()), await slots.reserve(now())]
    await clock.sleep(10)
    await slots.fill(filled, { body: 'one' }, now())

    equal([await slots.cancel(empty, now()), await slots.cancel(filled, now())], ['cancelled', 'filled'], 'ends')

    equal((await queue.counts())?.total ?? 1, 1, 'messages left')
    equal((await one(queue)).body, 'one', 'body')
  })

  addOfSlots('knows nothing of a slot that has expired', async (_queue, slots) => {
    const slot = await slots.reserve(now())
    const later = { now: slot.expiresAt }

    await rejects(slots.fill(slot, { body: 'one' }, later), 'SYNC_SLOT_EXPIRED', 'filling it')
    await rejects(slots.cancel(slot, later), 'SYNC_SLOT_EXPIRED', 'cancelling it')
  })

  return cases
}

const receive = (queue: MessageQueue, hiddenMs = 60_000): Promise<readonly Message[]> =>
  queue.receive({ max: 10, hiddenMs })
