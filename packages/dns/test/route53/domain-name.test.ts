import { fakeWorld } from '@cutover/core/testing'
import { dnsName } from '@cutover/dns'
import { inMemoryRoute53 } from '@cutover/dns/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

/** As Route 53 lists a name: what is not `a-z 0-9 - _` of a label in octal. */
const listed = (labels: readonly string[]): string =>
  labels
    .map((label) => label.replace(/[^a-z0-9_-]/g, (octet) => `\\${octet.charCodeAt(0).toString(8).padStart(3, '0')}`))
    .join('.')

const octet = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code).toLowerCase())
const label = fc.array(octet, { minLength: 1, maxLength: 12 }).map((octets) => octets.join(''))

test('any name that Route 53 lists is a name of the port, found under it, and sent as it was listed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(label, { minLength: 1, maxLength: 3 }), async (labels) => {
      const name = `${listed(labels)}.example.com`
      const record = { Name: name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] }
      const route53 = inMemoryRoute53(fakeWorld(), { records: [record] })
      const zone = route53.zone()
      const before = route53.records

      const sets = []
      for await (const found of zone.list?.() ?? []) if (found.set.type === 'A') sets.push(found.set)
      const [set] = sets
      const own = dnsName(set?.name ?? '')
      const found = await zone.find(own, 'A')
      await zone.replace(found, undefined)
      await zone.replace(undefined, found?.set)

      expect(own).toBe(set?.name)
      expect(found?.set).toEqual(set)
      expect(route53.records).toEqual(before)
    }),
    { numRuns: 300 },
  )
})

test.each([
  [String.raw`\052.example.com.`, '*.example.com'],
  [String.raw`a\041b.example.com.`, String.raw`a\033b.example.com`],
  [String.raw`a.\052.b.example.com.`, String.raw`a.\042.b.example.com`],
  [String.raw`a\056b.example.com.`, String.raw`a\.b.example.com`],
  [String.raw`a\134b.example.com.`, String.raw`a\\b.example.com`],
  [String.raw`caf\303\251.example.com.`, String.raw`caf\195\169.example.com`],
])('Route 53 lists %s, which is %s here', async (name, wanted) => {
  const record = { Name: name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] }
  const zone = inMemoryRoute53(fakeWorld(), { records: [record] }).zone()

  expect((await zone.find(wanted, 'A'))?.set.name).toBe(wanted)
})
