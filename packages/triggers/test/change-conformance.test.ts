import { changeConformance, type ChangeConformanceOptions, type FakeWorld } from '@cutover/core/testing'
import { activate, cordon } from '@cutover/triggers'
import { inMemoryFunctionApp, inMemoryLambda } from '@cutover/triggers/testing'
import { test } from 'vitest'

// Neither service compares before it writes.
const cas = false

const lambda = (world: FakeWorld, listening: readonly ('queue' | 'api')[], reservedConcurrency?: number) =>
  inMemoryLambda(world, {
    functionName: 'orders',
    triggers: { queue: { sqs: 'orders' }, api: { http: true } },
    listening,
    reservedConcurrency,
  })

const app = (world: FakeWorld, listening: readonly 'queue'[], own: Readonly<Record<string, string>> = {}) =>
  inMemoryFunctionApp(world, {
    name: 'orders',
    triggers: { queue: 'consumeOrders', nightly: 'nightlyReport' },
    listening,
    appSettings: { AzureWebJobsStorage: 'AccountKey=not-a-real-secret', ...own },
  })

const switchMapping =
  (verb: typeof cordon, listening: readonly ('queue' | 'api')[]): ChangeConformanceOptions['setUp'] =>
  (world) => {
    const side = lambda(world, listening)
    return { change: () => verb(side, 'queue'), cas }
  }

const switchConcurrency =
  (verb: typeof cordon, listening: readonly 'api'[], reserved?: number): ChangeConformanceOptions['setUp'] =>
  (world) => {
    const side = lambda(world, listening, reserved)
    const editBehind = () => side.editBehind((machine) => machine.putReservedConcurrency(7))
    return { change: () => verb(side, 'api'), editBehind, cas }
  }

const switchFunction =
  (
    verb: typeof cordon,
    listening: readonly 'queue'[],
    own?: Readonly<Record<string, string>>,
  ): ChangeConformanceOptions['setUp'] =>
  (world) => {
    const side = app(world, listening, own)
    const theirs = { AzureWebJobs_consumeOrders_Disabled: 'True' }
    const editBehind = () => side.editBehind((site) => site.putAppSettings({ ...site.appSettings(), ...theirs }))
    return { change: () => verb(side, 'queue'), editBehind, cas }
  }

const subjects: Readonly<Record<string, ChangeConformanceOptions['setUp']>> = {
  'cordon of a mapping': switchMapping(cordon, ['queue', 'api']),
  'activate of a mapping': switchMapping(activate, ['api']),
  'cordon of a function without a reserved concurrency': switchConcurrency(cordon, ['api']),
  'cordon of a function with a reserved concurrency of 5': switchConcurrency(cordon, ['api'], 5),
  'activate of a function with a reserved concurrency of 0': switchConcurrency(activate, []),
  'cordon of a function of an app': switchFunction(cordon, ['queue']),
  'cordon of a function that is explicitly not disabled': switchFunction(cordon, ['queue'], {
    'AzureWebJobs.consumeOrders.Disabled': 'false',
  }),
  'activate of a function of an app': switchFunction(activate, []),
  'activate of a function that is disabled in both spellings': switchFunction(activate, [], {
    AzureWebJobs_consumeOrders_Disabled: '1',
  }),
}

for (const [subject, setUp] of Object.entries(subjects)) {
  for (const { name, run } of changeConformance({ setUp, secrets: ['not-a-real-secret'] })) {
    test(`${subject} ${name}`, run)
  }
}
