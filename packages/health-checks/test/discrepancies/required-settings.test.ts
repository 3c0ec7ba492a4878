import { requiredSettings, type RequiredSettingsOptions } from '@cutover/health-checks'
import { expect, test } from 'vitest'

import { contextOf } from '../context.ts'

const side = (name: string, values: Record<string, string>, references?: Record<string, string>) => ({
  name,
  settings: () => Promise.resolve({ values, references }),
})

const source = {
  TABLE: 'orders',
  REGION: 'eu-west-1',
  QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/q',
  KEY: 'hunter2',
}
const target = {
  TABLE: 'orders',
  REGION: 'westeurope',
  QUEUE_URL: 'https://x.queue.core.windows.net/q',
  KEY: 'hunter2',
}
const options: RequiredSettingsOptions = { regions: { 'eu-west-1': 'westeurope' }, differ: ['QUEUE_URL'] }

const ask = (
  values: Record<string, string>,
  more: RequiredSettingsOptions = {},
  references?: Record<string, string>,
  from: Record<string, string> = source,
) =>
  requiredSettings(side('lambda:orders', from), side('functions:orders', values, references), {
    ...options,
    ...more,
  }).run(contextOf())

const found = async (...given: Parameters<typeof ask>) => {
  const { status, evidence } = await ask(...given)
  return [status, Object.fromEntries((evidence?.rows ?? []).map((row) => [row.name, row.found]))]
}

test('the same values, the region that stands for it, and another where it must be', async () => {
  expect(await found(target)).toEqual(['pass', { TABLE: 'same', REGION: 'region', QUEUE_URL: 'changed', KEY: 'same' }])
})

test.each([
  ['missing', 'TABLE', { TABLE: undefined }],
  ['empty', 'TABLE', { TABLE: '' }],
  ['different', 'KEY', { KEY: 'other' }],
  ['not-changed', 'QUEUE_URL', { QUEUE_URL: source.QUEUE_URL }],
  ['wrong-region', 'REGION', { REGION: 'northeurope' }],
  ['wrong-region', 'REGION', { REGION: 'eu-west-1' }],
] as const)('%s is a fail', async (what, name, change) => {
  const values = Object.fromEntries(
    Object.entries({ ...target, ...change }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  ) as Record<string, string>

  const { status, evidence, text } = await ask(values)

  expect(status).toBe('fail')
  expect(evidence?.rows.find((row) => row.name === name)?.found).toBe(what)
  expect(text).toContain(name)
})

test('a region that nothing stands for is a fail', async () => {
  expect(await found({ ...target }, { regions: {} })).toMatchObject(['fail', { REGION: 'unknown-region' }])
})

test('a reference counts when it is resolved, and only then', async () => {
  const values = { ...target, KEY: '@Microsoft.KeyVault(SecretUri=https://vault/secrets/key)' }

  expect(await found(values, {}, { KEY: 'Resolved' })).toMatchObject(['pass', { KEY: 'reference' }])
  expect(await found(values, {}, { KEY: 'SecretNotFound' })).toMatchObject(['fail', { KEY: 'unresolved' }])
  expect(await found(values, {}, { KEY: 'Initialized' })).toMatchObject(['undecided', { KEY: 'unknown-reference' }])
  expect(await found(values)).toMatchObject(['undecided', { KEY: 'unknown-reference' }])
})

test('a setting may have another name at the target, which may need more, and less', async () => {
  const { TABLE: _, ...rest } = target

  expect(
    await found(
      { ...rest, CONTAINER: 'orders', EXTRA: '1' },
      { renamed: { TABLE: 'CONTAINER' }, also: ['EXTRA'], without: ['KEY'] },
    ),
  ).toEqual(['pass', { TABLE: 'same', REGION: 'region', QUEUE_URL: 'changed', EXTRA: 'present' }])
  expect(await found(target, { also: ['EXTRA'] })).toMatchObject(['fail', { EXTRA: 'missing' }])
})

test('a source without settings is undecided', async () => {
  expect(await found(target, {}, undefined, {})).toEqual(['undecided', {}])
})

test('no value, and no digest of one, is anywhere in the answer', async () => {
  const answer = JSON.stringify([
    await ask({ ...target, KEY: 'correct horse' }),
    await ask({ ...target, KEY: '@Microsoft.KeyVault(SecretUri=https://vault/secrets/key)' }),
  ])

  for (const value of [
    'hunter2',
    'correct horse',
    'vault/secrets',
    'westeurope',
    'queue.core',
    'f52fbd32b2b3b86ff88ef6c490628285',
  ]) {
    expect(answer).not.toContain(value)
  }
})

test('options that cannot be meant are refused', () => {
  const one = side('a', {})

  for (const make of [
    () => requiredSettings({} as never, one),
    () => requiredSettings(one, one, { differ: ['A'], without: ['A'] }),
    () => requiredSettings(one, one, { ignore: ['A'] } as never),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS_INVALID' }))
  }
})
