import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { type DnsServer, dnsServer } from '@cutover/dns/testing'
import { answer, fileJournal } from '@cutover/rollback'
import { test } from 'vitest'

import { key, name, source, target, zoneName } from '../clouds.ts'

const script = join(import.meta.dirname, 'dying.ts')
const found = { name, type: 'A', ttlSeconds: 2, values: [source] }
const intended = { name, type: 'A', ttlSeconds: 1, values: [target] }
/** They mostly wait for TTLs. */
const atOnce = 12

interface Scene {
  readonly dns: DnsServer
  readonly httpPort: number
  readonly journal: string
}

/** A zone, and a target that is well until it has the name, if it is to be sick. */
async function inScene<T>(sick: boolean, play: (scene: Scene) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'cutover-kill-'))
  await using dns = await dnsServer({ zones: [{ name: zoneName, records: [{ ...found, type: 'A' }] }], keys: [key] })
  const server = createServer((_request, response) => {
    const isMoved = dns.records(zoneName).some(({ values }) => values.includes(target))
    response.writeHead(sick && isMoved ? 503 : 200, { connection: 'close' }).end()
  }).listen(0, target)
  await once(server, 'listening')
  try {
    return await play({
      dns,
      httpPort: (server.address() as AddressInfo).port,
      journal: join(directory, 'journal.jsonl'),
    })
  } finally {
    server.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Runs it, and again after each kill; a question is answered with `again`. */
async function runUntilItEnds(
  { dns, httpPort, journal }: Scene,
  record: string,
  killAfterMs: readonly number[],
): Promise<{ readonly end: string; readonly kills: number }> {
  let kills = 0
  for (let start = 0; start < 12; start++) {
    const child = spawn(process.execPath, [script, String(dns.port), String(httpPort), journal, record], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const killAfter = killAfterMs[start]
    const killer = killAfter === undefined ? undefined : pause(killAfter).then(() => child.kill('SIGKILL'))
    await once(child, 'close')
    await killer
    if (child.signalCode === 'SIGKILL') kills += 1
    else if (child.exitCode !== 0) throw new Error(printed)
    else if (printed.trim() === 'parked')
      await answer(fileJournal(journal), { answer: 'again', who: 'the test', why: 'look once more' })
    else return { end: printed.trim(), kills }
  }
  throw new Error('it never ended')
}

const aRecord = ({ dns }: Scene): unknown => dns.records(zoneName).find((set) => set.name === name)

async function inTurns<T>(items: readonly T[], play: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await play(item)
    }),
  )
}

test.concurrent.for([
  { sick: false, end: 'completed', record: intended },
  { sick: true, end: 'rolled-back', record: found },
])(
  'killed after every record of the journal, the zone is as it must be (sick: $sick)',
  { timeout: 120_000 },
  async ({ sick, end, record }, { expect }) => {
    const records = await inScene(sick, async (scene) => {
      await runUntilItEnds(scene, '', [])
      return (await fileJournal(scene.journal).read()).length
    })
    expect(records).toBeGreaterThan(10)

    await inTurns(
      Array.from({ length: records }, (_, at) => at),
      (at) =>
        inScene(sick, async (scene) => {
          const ended = await runUntilItEnds(scene, String(at), [])

          expect({ at, ...ended, record: aRecord(scene) }).toEqual({ at, end, kills: 1, record })
        }),
    )
  },
)

test.concurrent(
  'killed at 20 random moments, during calls and while going back, the zone is as it must be',
  { timeout: 120_000 },
  async ({ expect }) => {
    let kills = 0
    await inTurns(
      Array.from({ length: 10 }, (_, i) => i),
      (i) =>
        inScene(i % 2 === 1, async (scene) => {
          const ended = await runUntilItEnds(scene, '', [
            300 + Math.random() * 4_000,
            300 + Math.random() * 4_000,
            300 + Math.random() * 4_000,
          ])

          kills += ended.kills
          expect({ i, end: ended.end, record: aRecord(scene) }).toEqual({
            i,
            end: i % 2 === 1 ? 'rolled-back' : 'completed',
            record: i % 2 === 1 ? found : intended,
          })
        }),
    )
    expect(kills).toBeGreaterThanOrEqual(20)
  },
)
