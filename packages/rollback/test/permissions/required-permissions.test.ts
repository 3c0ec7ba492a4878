import { type ChangeSpec, defineProcedure } from '@cutover/core'
import { type Cutover, requiredPermissions } from '@cutover/rollback'
import { expect, test } from 'vitest'

import { errorOf, setting } from '../setting.ts'
import { altered, turn } from '../switches.ts'

const zone = 'arn:aws:route53:::hostedzone/Z1'
const orders = 'arn:aws:lambda:*:*:function:orders'

function script(switches: ReturnType<typeof setting>['switches']) {
  const needing = (name: string, permissions: ChangeSpec['permissions']) =>
    altered(turn(switches, name, 'target'), { permissions })
  return async (cutover: Cutover): Promise<void> => {
    await cutover.apply(
      needing('a', [
        `route53:ChangeResourceRecordSets ${zone}`,
        `route53:ListResourceRecordSets ${zone}`,
        'route53:GetChange',
        'Microsoft.Web/sites/config/write',
        'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
        'Microsoft.Storage/storageAccounts/blobServices/containers/read',
      ]),
    )
    await cutover.run(
      defineProcedure({
        id: 'hand-over',
        title: 'Hand over',
        async steps(steps) {
          await steps.apply(needing('b', [`lambda:PutFunctionConcurrency ${orders}`, 'lambda:ListEventSourceMappings']))
        },
      }),
    )
    await cutover.apply(needing('c', [`lambda:PutFunctionConcurrency ${orders}-2`, `route53:GetChange ${zone}`]))
  }
}

test('a policy allows what the changes say, and no more: one statement for each service and set of resources', async () => {
  const { run, switches, journal, world } = setting()
  await run(script(switches))

  const { iamPolicy, unknown } = await requiredPermissions(
    { id: 'move', journal, clock: world.clock },
    script(switches),
  )

  expect(iamPolicy).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'CutoverLambda1', Effect: 'Allow', Action: ['lambda:ListEventSourceMappings'], Resource: ['*'] },
      {
        Sid: 'CutoverLambda2',
        Effect: 'Allow',
        Action: ['lambda:PutFunctionConcurrency'],
        Resource: [orders, `${orders}-2`],
      },
      {
        Sid: 'CutoverRoute531',
        Effect: 'Allow',
        Action: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
        Resource: [zone],
      },
      { Sid: 'CutoverRoute532', Effect: 'Allow', Action: ['route53:GetChange'], Resource: ['*'] },
    ],
  })
  expect(unknown).toEqual([])
})

test('a role tells operations on what is in a resource from those on the resource', async () => {
  const { run, switches, journal, world } = setting()
  await run(script(switches))
  const scopes = ['/subscriptions/0000/resourceGroups/orders']

  const { azureRole } = await requiredPermissions({ id: 'move', journal, clock: world.clock }, script(switches), {
    scopes,
  })

  expect(azureRole).toEqual({
    Name: 'Cutover move',
    IsCustom: true,
    Description: expect.any(String),
    Actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read', 'Microsoft.Web/sites/config/write'],
    NotActions: [],
    DataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'],
    NotDataActions: [],
    AssignableScopes: scopes,
  })
})

test.each([
  ['Microsoft.KeyVault/vaults/secrets/getSecret/action', true],
  ['Microsoft.KeyVault/vaults/secrets/read', false],
  ['Microsoft.AppConfiguration/configurationStores/keyValues/write', true],
  ['Microsoft.AppConfiguration/configurationStores/read', false],
  ['Microsoft.Storage/storageAccounts/queueServices/queues/messages/process/action', true],
  ['Microsoft.Storage/storageAccounts/queueServices/queues/read', false],
])('%s among the data operations: %s', async (permission, isData) => {
  const { run, switches, journal, world } = setting()
  const one = (cutover: Cutover) => cutover.apply(altered(turn(switches, 'a', 'target'), { permissions: [permission] }))
  await run(one)

  const { azureRole, iamPolicy } = await requiredPermissions({ id: 'move', journal, clock: world.clock }, one)

  expect([azureRole?.Actions.length, azureRole?.DataActions.length]).toEqual(isData ? [0, 1] : [1, 0])
  expect(iamPolicy).toBeUndefined()
})

test('a change that does not say what it needs is named: nothing is taken for no permission', async () => {
  const { run, switches, journal, world, writes } = setting()
  const some = async (cutover: Cutover): Promise<void> => {
    await cutover.apply(turn(switches, 'a', 'target'))
    await cutover.apply(
      altered(turn(switches, 'b', 'target'), { permissions: ['write at the zone db.example.com', 's3:*'] }),
    )
    await cutover.apply(altered(turn(switches, 'c', 'target'), { permissions: [] }))
  }
  await run(some)
  const [before, written] = [[...journal.entries], writes()]

  const { unknown, others, iamPolicy, azureRole } = await requiredPermissions(
    { id: 'move', journal, clock: world.clock },
    some,
  )

  expect(unknown).toEqual(['turn:a:target'])
  expect(others).toEqual(['write at the zone db.example.com'])
  expect(iamPolicy?.Statement).toEqual([{ Sid: 'CutoverS31', Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] }])
  expect(azureRole).toBeUndefined()
  expect([journal.entries, writes()]).toEqual([before, written])
})

test('after going back it still knows what that took', async () => {
  const { run, switches, journal, world } = setting()
  await run(script(switches))
  await errorOf(run(script(switches), { rollBack: true }))

  const { steps } = await requiredPermissions({ id: 'move', journal, clock: world.clock }, script(switches))

  expect(steps.map(({ step }) => step)).toEqual(['turn:a:target', 'hand-over/turn:b:target', 'turn:c:target'])
})

test.each([
  ['a scope that is none', { scopes: ['orders'] }, /^scopes is "orders"; wanted/],
  ['no scope', { scopes: [] }, /^scopes is \[\]; wanted/],
  ['an option that there is not', { scope: [] }, /there is no option scope/],
])('%s is refused', async (_, wrong, text) => {
  const { run, switches, journal, world } = setting()
  await run(script(switches))

  const error = await errorOf(
    requiredPermissions({ id: 'move', journal, clock: world.clock }, script(switches), wrong as object),
  )

  expect(error.code).toBe('CUTOVER_OPTIONS_INVALID')
  expect(error.message).toMatch(text)
})

test('of a journal with nothing in it nothing can be said', async () => {
  const { journal, switches } = setting()

  const error = await errorOf(requiredPermissions({ id: 'move', journal }, script(switches)))

  expect(error.code).toBe('CUTOVER_NOTHING_BEGUN')
})
