// A small workload with everything that a cutover moves: a name that clients cache, a host that must exist, a consumer at
// each side, a queue that is followed. No cloud, no domain package: what a third party would write.
import { type Change, type Check, CutoverError, defineChange, defineCheck } from '@cutover/core'
import type { CallOptions, FakeWorld } from '@cutover/core/testing'
import { clients } from '@cutover/rehearsal'
import type { Cutover } from '@cutover/rollback'

/** A value under compare-and-swap: a record, the switch of a consumer, the mark of a link. */
export interface Cell {
  readonly value: string
  read(call?: CallOptions): Promise<string>
  write(from: string, to: string, call?: CallOptions): Promise<void>
}

/** `worksAfterMs`: it answers at once, and does it only then, as many control planes do. */
export function inMemoryCell(world: FakeWorld, service: string, initial: string, { worksAfterMs = 0 } = {}): Cell {
  let value = initial
  world.watch(service, () => value)
  return {
    get value() {
      return value
    },
    read: (call) => world.call(`${service}.read`, { ...call }, () => value),
    write: (from, to, call) =>
      world.call(`${service}.write`, { ...call, write: true }, () => {
        if (value !== from) throw new CutoverError('CELL_CONFLICT', `${service} is ${value}, not ${from}`)
        if (worksAfterMs === 0) value = to
        else world.later(worksAfterMs, () => void (value = to))
      }),
  }
}

/** Sets a cell; on the way back, or on `both` ways, waits until nobody can remember what it was before. */
export function set(
  cell: Cell,
  id: string,
  to: string,
  rememberedMs = 0,
  ways: 'back' | 'both' = 'back',
): Change<string, { readonly to: string }> {
  return defineChange({
    id,
    subject: id,
    title: `Set ${id}`,
    intent: { id },
    lateMs: 45_000,
    capture: ({ signal }) => cell.read({ signal }),
    async probe(before, { signal }) {
      const now = await cell.read({ signal })
      if (now === to) return { is: 'applied', seen: { to } }
      return now === before ? { is: 'absent' } : { is: 'foreign', found: now }
    },
    apply: (before, { signal, fence }) => cell.write(before, to, { signal, fence }),
    async revert(before, { signal, fence }) {
      if ((await cell.read({ signal })) === to) await cell.write(to, before, { signal, fence })
    },
    async settle(_before, _seen, { clock, signal }, { toward, since }) {
      const left = toward === 'absent' || ways === 'both' ? since + rememberedMs - clock.now() : 0
      if (left > 0) await clock.sleep(left, { signal })
      return { to }
    },
  })
}

/** The target's host: its name is random, and known only by looking. */
function inMemoryHost(world: FakeWorld) {
  let host = ''
  world.watch('host', () => host !== '')
  return {
    get name() {
      return host
    },
    read: (call?: CallOptions) => world.call('host.read', { ...call }, () => host),
    create: (call?: CallOptions) =>
      world.call('host.create', { ...call, write: true }, () => {
        if (host !== '') throw new CutoverError('HOST_EXISTS', 'it exists')
        host = `host-${Math.floor(world.random() * 1e6)}`
      }),
    remove: (call?: CallOptions) => world.call('host.remove', { ...call, write: true }, () => void (host = '')),
  }
}

const create = (host: ReturnType<typeof inMemoryHost>): Change<null, { readonly host: string }> =>
  defineChange({
    id: 'host',
    subject: 'host',
    title: 'Create the host',
    intent: {},
    lateMs: 45_000,
    capture: async () => null,
    async probe(_before, { signal }) {
      const name = await host.read({ signal })
      return name === '' ? { is: 'absent' } : { is: 'applied', seen: { host: name } }
    },
    apply: (_before, { signal, fence }) => host.create({ signal, fence }),
    revert: (_before, { signal, fence }) => host.remove({ signal, fence }),
  })

/** Two queues: what clients of the source have sent, and what the follower has taken to the target. */
function inMemoryQueues(world: FakeWorld) {
  const source: string[] = []
  const target: string[] = []
  let linked = false
  world.watch('link', () => linked)
  world.holds('source queue', () => source)
  world.holds('target queue', () => target)
  return {
    source,
    target,
    read: (call?: CallOptions) => world.call('link.read', { ...call }, () => linked),
    link: (on: boolean, call?: CallOptions) =>
      world.call(`link.write ${on}`, { ...call, write: true }, () => void (linked = on)),
    /** Atomic here: what a real transfer must do for it is another package's matter. */
    forward: (call?: CallOptions) =>
      world.call('link.forward', { ...call }, () => void target.push(...source.splice(0))),
    back: (call?: CallOptions) => world.call('link.back', { ...call }, () => void source.push(...target.splice(0))),
    length: (call?: CallOptions) => world.call('link.length', { ...call }, () => source.length),
  }
}

const follow = (queues: ReturnType<typeof inMemoryQueues>): Change<null, null> =>
  defineChange({
    id: 'follow',
    subject: 'link',
    title: 'Follow the queue',
    intent: {},
    lateMs: 45_000,
    capture: async () => null,
    probe: async (_before, { signal }) =>
      (await queues.read({ signal })) ? { is: 'applied', seen: null } : { is: 'absent' },
    apply: (_before, { signal, fence }) => queues.link(true, { signal, fence }),
    async attach(_before, _after, { clock, fence }) {
      const stop = new AbortController()
      const loop = (async () => {
        while (!stop.signal.aborted) {
          await queues.forward({ fence }).catch(() => {})
          await clock.sleep(10_000, { signal: stop.signal }).catch(() => {})
        }
      })()
      return {
        async [Symbol.asyncDispose]() {
          stop.abort()
          await loop
        },
      }
    },
    async revert(_before, { signal, fence }) {
      await queues.back({ signal, fence })
      await queues.link(false, { signal, fence })
    },
  })

export interface Parts {
  readonly record: Cell
  readonly sourceConsumer: Cell
  readonly targetConsumer: Cell
  readonly host: ReturnType<typeof inMemoryHost>
  readonly queues: ReturnType<typeof inMemoryQueues>
  readonly healthy: boolean
}

/** Longer than a restart and `lateMs` together, or these would hide that nobody waits for it. */
const ttlMs = 120_000

export function parts(world: FakeWorld, { healthy = true, worksAfterMs = 0 } = {}): Parts {
  return {
    record: inMemoryCell(world, 'record', 'source'),
    sourceConsumer: inMemoryCell(world, 'source-consumer', 'on', { worksAfterMs }),
    targetConsumer: inMemoryCell(world, 'target-consumer', 'off'),
    host: inMemoryHost(world),
    queues: inMemoryQueues(world),
    healthy,
  }
}

/** Clients that cache the name and write orders; consumers that work as their switches say. */
export function load({ record, host, queues, sourceConsumer, targetConsumer }: Parts, world: FakeWorld): () => void {
  const caches = [0, 1, 2].map(() => ({ address: '', until: -1 }))
  let orders = 0
  const stopClients = clients(world, {
    name: 'orders',
    everyMs: 20_000,
    resolve(client) {
      const cache = caches[client] ?? { address: '', until: -1 }
      if (world.clock.monotonic() >= cache.until)
        Object.assign(cache, { address: record.value, until: world.clock.monotonic() + ttlMs })
      return cache.address
    },
    reach(address) {
      if (address !== 'source' && (address === '' || address !== host.name)) return undefined
      const what = `order-${orders++}`
      ;(address === 'source' ? queues.source : queues.target).push(what)
      world.observe({ kind: 'accepted', what, by: address })
      return address
    },
  })
  const stopWork = world.repeat(7_000, () => {
    const sides = [
      ['source', sourceConsumer, queues.source],
      ['target', targetConsumer, queues.target],
    ] as const
    // Who has stopped is told first: both may have changed since the last look.
    for (const on of [false, true]) {
      for (const [side, consumer] of sides)
        if ((consumer.value === 'on') === on) world.observe({ kind: 'listening', source: 'orders', side, on })
    }
    for (const [side, consumer, queue] of sides) {
      if (consumer.value === 'on')
        for (const what of queue.splice(0)) world.observe({ kind: 'handled', what, by: side })
    }
  })
  return () => {
    stopClients()
    world.later(30_000, stopWork)
  }
}

const check = (id: string, ask: (signal: AbortSignal) => Promise<boolean | undefined>): Check =>
  defineCheck({
    id,
    title: id,
    async run({ signal }) {
      const is = await ask(signal)
      return { status: is === undefined ? 'undecided' : is ? 'pass' : 'fail', text: String(is) }
    },
  })

/** Twelve steps: an ordinary imperative script. */
export const move =
  ({ record, host, queues, sourceConsumer, targetConsumer, healthy }: Parts) =>
  async (cutover: Cutover): Promise<void> => {
    // True now, false later: an answer that was acted upon must stand.
    await cutover.require(check('source serves', async (signal) => (await record.read({ signal })) === 'source'))
    const created = await cutover.apply(create(host))
    await cutover.require(check('host is up', async (signal) => (await host.read({ signal })) === created.host))
    const opensAt = await cutover.value('opens at', () => cutover.clock.now() + 30_000)
    await cutover.waitUntil('window', () => opensAt)
    await cutover.apply(set(sourceConsumer, 'cordon', 'off'))
    await cutover.apply(follow(queues))
    await cutover.apply(set(targetConsumer, 'activate', 'on'))
    await cutover.apply(set(record, 'repoint', created.host, ttlMs + 1_000))
    await cutover.waitUntil('soak', () => cutover.clock.now() + ttlMs + 1_000)
    await cutover.require(
      check('queue is taken over', async (signal) => ((await queues.length({ signal })) === 0 ? true : undefined)),
      { within: '10m', every: '10s' },
    )
    await cutover.require(check('target is healthy', async () => healthy))
  }

/** Three branches and a verdict: the shape in which a step in doubt can meet a decision. */
export const fan =
  (cells: readonly Cell[], healthy: boolean) =>
  async (cutover: Cutover): Promise<void> => {
    const [a, b, c] = cells as [Cell, Cell, Cell]
    await cutover.apply(set(a, 'a', 'target'))
    await cutover.all({
      b: (steps) => steps.apply(set(b, 'b', 'target')),
      c: async (steps) => {
        await steps.apply(set(c, 'c', 'target'))
        await steps.require(check('healthy', async () => healthy))
      },
    })
  }

/** Branches in the middle: what comes after them must be constructed again by a process that goes back. */
export const fanThenStep =
  (cells: readonly Cell[], healthy: boolean) =>
  async (cutover: Cutover): Promise<void> => {
    const [a, b, c] = cells as [Cell, Cell, Cell]
    await cutover.all({
      a: (steps) => steps.apply(set(a, 'a', 'target')),
      b: (steps) => steps.apply(set(b, 'b', 'target')),
    })
    await cutover.apply(set(c, 'c', 'target'))
    await cutover.require(check('healthy', async () => healthy))
  }

/** A name, and the server that it leaves. */
export interface Retired {
  readonly record: Cell
  readonly server: Cell
  readonly healthy: boolean
}

export const retired = (world: FakeWorld, { healthy = true, worksAfterMs = 0 } = {}): Retired => ({
  record: inMemoryCell(world, 'record', 'source'),
  server: inMemoryCell(world, 'server', 'on', { worksAfterMs }),
  healthy,
})

const longTtlMs = 300_000

/** Two clients that remember the name for five minutes, and one that never does; the source answers as long as it is on. */
export function callers({ record, server }: Retired, world: FakeWorld): () => void {
  const caches = [0, 1, 2].map(() => ({ address: '', until: -1 }))
  return clients(world, {
    name: 'orders',
    everyMs: 10_000,
    resolve(client) {
      const cache = caches[client] ?? { address: '', until: -1 }
      if (client === 2 || world.clock.monotonic() >= cache.until)
        Object.assign(cache, { address: record.value, until: world.clock.monotonic() + longTtlMs })
      return cache.address
    },
    reach: (address) => (address === 'target' || server.value === 'on' ? address : undefined),
  })
}

/** Two steps and a verdict: the second is safe only when the first is felt by everybody. */
export const retire =
  ({ record, server, healthy }: Retired) =>
  async (cutover: Cutover): Promise<void> => {
    const opensAt = await cutover.value('opens at', () => cutover.clock.now() + 30_000)
    await cutover.waitUntil('window', () => opensAt)
    await cutover.apply(set(record, 'repoint', 'target', longTtlMs + 1_000, 'both'))
    await cutover.apply(set(server, 'retire', 'off'))
    await cutover.require(check('target is healthy', async () => healthy))
  }
