// The printed commands, parted into words by a real shell and run as the API calls that they are, do and undo what the verb does.
import { spawnSync } from 'node:child_process'

import { type ChangeSpec, sameJson } from '@cutover/core'
import { fakeWorld, type FakeWorld } from '@cutover/core/testing'
import { activate, apply, cordon } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda } from '@cutover/triggers/testing'
import { expect, test } from 'vitest'

type Lambda = ReturnType<typeof lambdaOf>['client']
type App = ReturnType<typeof appOf>['client']

const lambdaOf = (world: FakeWorld, listening: readonly ('queue' | 'api')[], reservedConcurrency?: number) =>
  inMemoryLambda(world, {
    functionName: 'orders',
    triggers: { queue: { sqs: 'orders' }, api: { http: true } },
    listening,
    reservedConcurrency,
  })

const appOf = (world: FakeWorld, own: Readonly<Record<string, string>>) =>
  inMemoryFunctionApp(world, {
    name: 'orders',
    triggers: { queue: 'consumeOrders', nightly: 'nightlyReport' },
    listening: ['queue'],
    appSettings: { AzureWebJobsStorage: 'not-a-real-secret', ...own },
  })

/** The words of each command, after a shell has parted them. */
function wordsOf(line: string): string[][] {
  const say = `{ for word; do printf '%s\\0' "$word"; done; printf '\\1'; }`
  const { stdout, status } = spawnSync('sh', ['-c', `aws() ${say}; az() ${say}; ${line}`])
  expect(status).toBe(0)
  return stdout
    .toString()
    .split('\x01')
    .slice(0, -1)
    .map((command) => command.split('\0').slice(0, -1))
}

const stateOf = (world: FakeWorld): unknown => structuredClone([...world.watched].map(([name, look]) => [name, look()]))

const optionsOf = (words: readonly string[]): Readonly<Record<string, string[]>> => {
  const options: Record<string, string[]> = {}
  let last: string[] = []
  for (const word of words) {
    if (word.startsWith('--')) options[word.slice(2)] = last = []
    else last.push(word)
  }
  return options
}

/** `aws lambda VERB …`, as the CLI sends it. */
async function runAws(client: Lambda, [, verb, ...rest]: readonly string[]): Promise<void> {
  const {
    uuid = [],
    'function-name': names = [],
    'reserved-concurrent-executions': units = [],
    ...flags
  } = optionsOf(rest)
  const [FunctionName = '', UUID = ''] = [names[0], uuid[0]]
  switch (verb) {
    case 'update-event-source-mapping':
      await client.updateEventSourceMapping({ UUID, Enabled: !('no-enabled' in flags) && 'enabled' in flags })
      break
    case 'put-function-concurrency':
      await client.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: Number(units[0]) })
      break
    case 'delete-function-concurrency':
      await client.deleteFunctionConcurrency({ FunctionName })
      break
    default:
      throw new Error(`nobody knows aws lambda ${verb}`)
  }
}

/** `az functionapp config appsettings set | delete`: reads all, edits, writes all, as the CLI does. */
async function runAz({ webApps }: App, [, , , verb, ...rest]: readonly string[]): Promise<void> {
  const {
    'resource-group': [group = ''] = [],
    name: [app = ''] = [],
    settings = [],
    'setting-names': names = [],
  } = optionsOf(rest)
  const { properties = {} } = await webApps.listApplicationSettings(group, app)
  const kept = Object.fromEntries(Object.entries(properties).filter(([key]) => !names.includes(key)))
  const set = Object.fromEntries(
    settings.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  )
  expect(['set', 'delete']).toContain(verb)
  await webApps.updateApplicationSettings(group, app, { properties: { ...kept, ...set } })
}

const subjects: Record<
  string,
  (world: FakeWorld) => { readonly change: ChangeSpec; readonly run: (words: readonly string[]) => Promise<void> }
> = {}
const dotted = 'AzureWebJobs.consumeOrders.Disabled'
const underscored = 'AzureWebJobs_consumeOrders_Disabled'
for (const [verb, from] of [
  ['cordon', ['queue', 'api']],
  ['activate', ['api']],
] as const) {
  subjects[`${verb} of a mapping`] = (world) => {
    const lambda = lambdaOf(world, from)
    return {
      change: (verb === 'cordon' ? cordon : activate)(lambda, 'queue') as ChangeSpec,
      run: (words) => runAws(lambda.client, words),
    }
  }
}
for (const reserved of [undefined, 5, 0]) {
  subjects[`a switch of a reserved concurrency of ${reserved ?? 'none'}`] = (world) => {
    const lambda = lambdaOf(world, reserved === 0 ? [] : ['api'], reserved)
    const change = reserved === 0 ? activate(lambda, 'api') : cordon(lambda, 'api')
    return { change: change, run: (words) => runAws(lambda.client, words) }
  }
}
for (const [name, own, verb] of [
  ['no setting', {}, 'cordon'],
  ['an explicit false', { [dotted]: 'false' }, 'cordon'],
  ['an explicit false in the other spelling', { [underscored]: 'False' }, 'cordon'],
  ['true', { [dotted]: 'true' }, 'activate'],
  ['true in the other spelling', { [underscored]: '1' }, 'activate'],
  ['both spellings', { [dotted]: 'false', [underscored]: 'true' }, 'activate'],
] as const) {
  subjects[`${verb} of a function with ${name}`] = (world) => {
    const app = appOf(world, own)
    const change = verb === 'cordon' ? cordon(app, 'queue') : activate(app, 'queue')
    return { change: change, run: (words) => runAz(app.client, words) }
  }
}

test.each(Object.entries(subjects))('by hand the same is done and undone: %s', async (_, setUp) => {
  const world = fakeWorld()
  const { change, run } = setUp(world)
  const context = { clock: world.clock, signal: world.signal, key: 'k', fence() {}, report() {} }
  const found = stateOf(world)
  const before = await change.capture(context)
  const byHand = change.byHand?.(before) ?? { apply: [], revert: [], look: [] }
  const applied = await apply(change, world)
  const after = stateOf(world)
  await applied.revert()
  await world.advance(10 * 60_000)
  expect(stateOf(world)).toEqual(found)
  const runAll = async (lines: readonly string[]): Promise<void> => {
    for (const words of lines.flatMap(wordsOf)) await run(words)
    await world.advance(10 * 60_000)
  }

  await runAll(byHand.apply)
  expect(stateOf(world)).toEqual(after)
  await runAll(byHand.revert)

  expect(stateOf(world)).toEqual(found)
  expect(sameJson(after, found)).toBe(false)
  expect(byHand.traps?.length).toBeGreaterThan(0)
})
