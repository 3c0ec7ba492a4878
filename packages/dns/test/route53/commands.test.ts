import { spawnSync } from 'node:child_process'

import { fakeWorld } from '@cutover/core/testing'
import { apply, lockRecord, repoint, shift, toWeighted } from '@cutover/dns'
import type { InMemoryRoute53 } from '@cutover/dns/testing'
import { expect, test } from 'vitest'

import { aws, azure } from '../example.ts'
import { aliasSets, route53With, weightedSets } from '../weighted.ts'

/** Runs a printed command through a real shell, with an `aws` that is the fake service: its words become the API's call. */
async function run(route53: InMemoryRoute53, command: string): Promise<unknown> {
  const { stdout } = spawnSync('sh', ['-c', `aws() { for word; do printf '%s\\0' "$word"; done; }; ${command}`])
  const [service, operation = '', ...words] = stdout.toString().split('\0')
  expect(service).toBe('aws' === command.slice(0, 3) ? 'route53' : '')
  const input: Record<string, unknown> = {}
  for (let place = 0; place + 1 < words.length; place += 2) {
    const option = (words[place] ?? '').replace(/^--/, '')
    const value = words[place + 1] ?? ''
    const key = option.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
    input[key] = /^[[{]/.test(value) ? JSON.parse(value) : value
  }
  const method = operation.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const client = route53 as unknown as Record<string, (input: unknown) => Promise<unknown>>
  return client[method]?.(input)
}

const plain = { Name: 'api.example.com', Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: aws }] }
test.each([
  ['repoint', [plain], (api: Parameters<typeof repoint>[0]) => repoint(api, { to: azure })],
  ['shift', weightedSets(), (api: Parameters<typeof shift>[0]) => shift(api, { to: azure, percent: 25 })],
  ['toWeighted', aliasSets, (api: Parameters<typeof lockRecord>[0]) => toWeighted(api as never, { to: azure })],
  ['lockRecord', [plain], (api: Parameters<typeof lockRecord>[0]) => lockRecord(api, { why: "it's ours; ask $USER" })],
] as const)('the commands that %s prints do and undo what it does', async (_, records, make) => {
  const world = fakeWorld()
  const { route53, zone, api } = route53With(world, records)
  const change = make(api)
  const found = route53.records
  const locked = () => zone.locks?.find(api.name, 'CNAME')
  const context = { clock: world.clock, signal: world.signal, key: 'k', fence() {}, report() {} }
  const before: unknown = await change.capture(context)
  const { apply: doing, revert: undoing } = change.byHand?.(before as never) ?? { apply: [], revert: [] }
  const applied = await apply(change as never, world)
  const [after, lock] = [route53.records, await locked()]
  await applied.revert()

  for (const command of doing) await run(route53, command)
  expect([route53.records, await locked()]).toEqual([after, lock])
  for (const command of undoing) await run(route53, command)

  expect([route53.records, await locked()]).toEqual([found, undefined])
  expect(doing.length).toBeGreaterThan(0)
})

test('a printed command replaces only what it says', async () => {
  const world = fakeWorld()
  const { route53, api } = route53With(world, [plain])
  const change = repoint(api, { to: azure })
  const { revert = [] } = change.byHand?.({ name: api.name, type: 'CNAME', ttlSeconds: 60, values: [aws] }) ?? {}

  await expect(run(route53, revert[0] ?? '')).rejects.toThrow(/but it was not found|do not match/)
})
