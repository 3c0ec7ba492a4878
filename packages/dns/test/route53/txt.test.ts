import { fakeWorld } from '@cutover/core/testing'
import { plainSet, type RecordSet } from '@cutover/dns'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const name = 'text.example.com'
const txt = (...values: string[]): RecordSet => ({ name, type: 'TXT', ttlSeconds: 60, values })
const listed = (...values: string[]) => ({
  Name: name,
  Type: 'TXT',
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
})
const valuesOf = (route53: ReturnType<typeof inMemoryRoute53>) =>
  route53.records.flatMap(({ ResourceRecords: records = [] }) => records.map(({ Value }) => Value))

test('any text of up to a thousand characters comes back as it was given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
      const zone = inMemoryRoute53(fakeWorld()).zone()

      await zone.replace(undefined, txt(text))

      expect(plainSet((await zone.find(name, 'TXT'))!.set).values).toEqual([text])
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['', '""'],
  ['v=spf1 -all; x', '"v=spf1 -all; x"'],
  ['say "hi"', String.raw`"say \"hi\""`],
  [String.raw`a\b`, String.raw`"a\\b"`],
  ['tab\there', String.raw`"tab\011here"`],
  ['é', String.raw`"\303\251"`],
  ['x'.repeat(255), `"${'x'.repeat(255)}"`],
  ['x'.repeat(256), `"${'x'.repeat(255)}" "x"`],
])('the text %j is sent as %s', async (text, value) => {
  const route53 = inMemoryRoute53(fakeWorld())

  await route53.zone().replace(undefined, txt(text))

  expect(valuesOf(route53)).toEqual([value])
})

test.each([
  [String.raw`"a\073b" "c"`, 'a;bc'],
  ['"a"   "b"', 'ab'],
  [String.raw`"\\073"`, String.raw`\073`],
])('the listed value %s is read as %j', async (value, text) => {
  const zone = inMemoryRoute53(fakeWorld(), { records: [listed(value)] }).zone()

  expect(plainSet((await zone.find(name, 'TXT'))!.set).values).toEqual([text])
})

test('a text whose strings are split elsewhere keeps them when its TTL alone changes', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed('"k=rsa; " "p=abc"')] })
  const zone = route53.zone()

  await zone.replace(await zone.find(name, 'TXT'), { ...txt('k=rsa; p=abc'), ttlSeconds: 30 })

  expect(valuesOf(route53)).toEqual(['"k=rsa; " "p=abc"'])
})

test('a text whose strings are split elsewhere comes back byte for byte', async () => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed('"k=rsa; " "p=abc"')] })
  const zone = route53.zone()
  const before = await zone.find(name, 'TXT')

  await zone.replace(before, txt('other'))
  expect(valuesOf(route53)).toEqual(['"other"'])
  // Only the set was kept, as a journal keeps it.
  await zone.replace(await zone.find(name, 'TXT'), structuredClone(before?.set))

  expect(valuesOf(route53)).toEqual(['"k=rsa; " "p=abc"'])
})

test.each([
  ['bytes that are no UTF-8', [String.raw`"\377"`]],
  ['one text in two spellings', ['"ab"', '"a" "b"']],
])('%s are brought back, but not edited', async (_, values) => {
  const route53 = inMemoryRoute53(fakeWorld(), { records: [listed(...values)] })
  const zone = route53.zone()
  const before = await zone.find(name, 'TXT')

  expect(before?.set.kind).toBe('opaque')
  await zone.replace(before, undefined)
  await zone.replace(undefined, structuredClone(before?.set))

  expect(valuesOf(route53)).toEqual(values)
})
