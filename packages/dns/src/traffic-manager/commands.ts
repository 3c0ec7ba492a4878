import { azRest } from '../azure-dns/az-rest.ts'
import type { ZoneCommands } from '../dns-zone.ts'
import { type EndpointEdit, profileEdit } from './endpoint-edits.ts'
import type { EndpointType } from './traffic-manager-like.ts'

/** The same requests by hand, in the same order; nobody waits there for an endpoint to be `Online`. */
export function commandsOf(resourceGroup: string, profile: string): ZoneCommands {
  const at = (endpoint = ''): Parameters<typeof azRest>[1] => ({
    resourceGroup,
    resource: `trafficmanagerprofiles/${encodeURIComponent(profile)}${endpoint}`,
    apiVersion: '2022-04-01',
  })
  return {
    replace: (edits) =>
      edits.flatMap(({ from, to }) => {
        if (from?.kind !== 'weighted' || to?.kind !== 'weighted') return []
        const { keep, ttlSeconds: ttl, enable, weigh, disable } = profileEdit(from, to)
        const typeOf = (id: string): EndpointType => {
          const { endpointType } = (from.members.find((member) => member.id === id)?.extra ?? {}) as {
            readonly endpointType?: EndpointType
          }
          return endpointType ?? 'ExternalEndpoints'
        }
        const patch = ({ id, change }: EndpointEdit): string =>
          azRest('patch', at(`/${typeOf(id)}/${encodeURIComponent(id)}`), { body: { properties: change } })
        const ttlPatch =
          ttl === undefined ? [] : [azRest('patch', at(), { body: { properties: { dnsConfig: { ttl } } } })]
        return [...keep.map(patch), ...ttlPatch, ...[...enable, ...weigh, ...disable].map(patch)]
      }),
    look: () => azRest('get', at()),
  }
}
