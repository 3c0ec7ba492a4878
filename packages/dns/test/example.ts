// The record that most of these tests move, and a zone that has it.
import type { FakeWorld } from '@cutover/core/testing'
import { CutoverError, type DnsRecord, dnsRecord, type RecordSet } from '@cutover/dns'
import { type InMemoryZone, inMemoryZone, type InMemoryZoneOptions } from '@cutover/dns/testing'

export const aws = 'd-1.execute-api.us-east-1.amazonaws.com'
export const azure = 'orders.azurewebsites.net'

export const apiSet = (ttlSeconds = 300, value = aws): RecordSet => ({
  name: 'api.example.com',
  type: 'CNAME',
  ttlSeconds,
  values: [value],
})

/** A zone with one record; its last server serves a write after 8 s, which is seen at the next whole second. */
export function apiZone(
  world: FakeWorld,
  set: RecordSet = apiSet(),
  options: InMemoryZoneOptions = {},
): { readonly zone: InMemoryZone; readonly api: DnsRecord<'CNAME'> } {
  const zone = inMemoryZone(world, [set], options)
  return { zone, api: dnsRecord(zone, 'api.example.com', 'CNAME') }
}

/** What a call rejects with. */
export const rejection = (call: Promise<unknown>): Promise<CutoverError> =>
  call.then(
    () => new CutoverError('TEST_FAILED', 'it did not reject'),
    (error: CutoverError) => error,
  )

/** What a call throws at once. */
export function thrown(call: () => unknown): CutoverError {
  try {
    call()
  } catch (error) {
    return error as CutoverError
  }
  return new CutoverError('TEST_FAILED', 'it did not throw')
}
