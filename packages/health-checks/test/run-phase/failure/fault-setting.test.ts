import { apply } from '@cutover/core'
import { changeConformance, fakeWorld } from '@cutover/core/testing'
import { faultSetting, mendSetting } from '@cutover/health-checks'
import { inMemorySettings } from '@cutover/health-checks/testing'
import { describe, expect, test } from 'vitest'

const secret = 'https://inventory.example.com/?code=s3cret-code'
const fault = { name: 'INVENTORY_URL', to: 'http://127.0.0.1:9' }
const keptKey = 'INVENTORY_URL_CUTOVER_KEPT'
const app = (world = fakeWorld(), values: Record<string, string> = {}) => ({
  world,
  settings: inMemorySettings(world, {
    name: 'functions:orders',
    host: 'orders.azurewebsites.net',
    values: { INVENTORY_URL: secret, LOG: 'warn', ...values },
  }),
})

describe('faultSetting keeps the contract of a change', () => {
  const cases = changeConformance({
    setUp(world) {
      const { settings } = app(world)
      return {
        change: () => faultSetting(settings, fault),
        editBehind: () => settings.set(fault.name, 'https://other.example.com'),
        cas: false,
      }
    },
    secrets: [secret, 's3cret-code'],
  })
  for (const { name, run } of cases) test(`it ${name}`, run)
})

describe('mendSetting keeps the contract of a change', () => {
  const cases = changeConformance({
    setUp(world) {
      const { settings } = app(world, { INVENTORY_URL: fault.to, [keptKey]: secret })
      return {
        change: () => mendSetting(settings, fault),
        editBehind: () => settings.set(fault.name, 'https://other.example.com'),
        cas: false,
      }
    },
    secrets: [secret, 's3cret-code'],
  })
  for (const { name, run } of cases) test(`it ${name}`, run)
})

test('a fault is put in with the former value kept beside it, and taken out again', async () => {
  const { world, settings } = app()

  const { revert } = await apply(faultSetting(settings, fault), world)
  const meanwhile = settings.values
  await revert()

  expect(meanwhile).toEqual({ INVENTORY_URL: fault.to, [keptKey]: secret, LOG: 'warn' })
  expect(settings.values).toEqual({ INVENTORY_URL: secret, LOG: 'warn' })
})

test.each([
  ['there is no such setting', { name: 'STOCK_URL', to: fault.to }, {}, /has no setting STOCK_URL/],
  ['it has that value already', fault, { INVENTORY_URL: fault.to }, /is http:\/\/127\.0\.0\.1:9 already/],
  ['a former test was never mended', fault, { [keptKey]: 'x' }, /a former test was never mended/],
])('nothing is written when %s', async (_, options, values, said) => {
  const { world, settings } = app(fakeWorld(), values)

  await expect(apply(faultSetting(settings, options), world)).rejects.toMatchObject({
    code: 'HEALTH_FAULT_REFUSED',
    message: expect.stringMatching(said),
  })
  expect(world.effects).toEqual([])
})

test.each([
  [undefined as never, fault, 'settings'],
  [app().settings, { ...fault, name: 'A B' }, 'name'],
  [app().settings, { ...fault, to: '' }, 'to'],
])('what cannot be meant is refused when it is made (%#)', (settings, options, field) => {
  expect(() => faultSetting(settings, options)).toThrow(field)
})
