// The profile that most of these tests shift.
import { type FakeWorld, fakeWorld } from '@cutover/core/testing'
import type { DnsZone, Found, WeightedRecordSet } from '@cutover/dns'
import { inMemoryTrafficManager, type InMemoryTrafficManagerOptions } from '@cutover/dns/testing'

export const name = 'orders.trafficmanager.net'
export const aws = { name: 'aws', target: 'd-1.execute-api.us-east-1.amazonaws.com', weight: 95 }
export const azure = { name: 'azure', target: 'orders.azurewebsites.net', weight: 5 }
export const off = { ...azure, weight: 500, enabled: false }

export function profile(options: Partial<InMemoryTrafficManagerOptions> = {}, world: FakeWorld = fakeWorld()) {
  const manager = inMemoryTrafficManager(world, {
    name: 'orders',
    endpoints: [aws, azure],
    ttlSeconds: 300,
    ...options,
  })
  return { world, manager, machine: manager.machine, zone: manager.zone() }
}

/** The record that must be there, and weighted. */
export async function found(zone: DnsZone): Promise<Found & { readonly set: WeightedRecordSet }> {
  const one = await zone.find(name, 'CNAME')
  if (one?.set.kind !== 'weighted') throw new Error(`${name} is not a weighted record`)
  return { ...one, set: one.set }
}

export const weighing = (
  { set }: { readonly set: WeightedRecordSet },
  weights: Readonly<Record<string, number>>,
): WeightedRecordSet => ({
  ...set,
  members: set.members.map((member) => ({ ...member, weight: weights[member.id] ?? member.weight })),
})
