import { notImplemented } from '../arm-error.ts'
import type { Answer } from '../provider.ts'
import { cannotFind, invalidParameter } from './app-service-error.ts'
import type { SiteMachine } from './site-machine.ts'
import type { Place } from './site-resource.ts'

/** A name that an app answers to, beside its own. */
export interface HostNameBinding {
  readonly hostName: string
  /** The app's name. */
  readonly siteName: string
  readonly hostNameType: 'Verified' | 'Managed'
  readonly customHostNameDnsRecordType?: 'CName' | 'A' | undefined
  readonly sslState: 'Disabled' | 'SniEnabled'
  /** Of the certificate that is shown for it. */
  readonly thumbprint?: string | undefined
}

/** What a machine has to know for its app to take names; without it, requests for them answer 501. */
export interface HostNames {
  list(): readonly HostNameBinding[]
  /** Creates it, or replaces all that it has. @throws what App Service answers: see `AppServiceRefusal`. */
  put(binding: HostNameBinding): void
  /** Does nothing where there is none. */
  remove(hostName: string): void
}

const known = new Set(['siteName', 'hostNameType', 'customHostNameDnsRecordType', 'sslState', 'thumbprint'])

export function listBindings(machine: SiteMachine, place: Place): Answer {
  const { hostNames } = machine
  if (!hostNames) return notBound(machine)
  return { status: 200, body: { value: hostNames.list().map((one) => resource(machine, one, place)) } }
}

export function getBinding(machine: SiteMachine, place: Place, hostName: string): Answer {
  const { hostNames } = machine
  if (!hostNames) return notBound(machine)
  const found = hostNames.list().find((one) => one.hostName === hostName.toLowerCase())
  if (!found) return cannotFind('HostNameBinding', hostName)
  return { status: 200, body: resource(machine, found, place) }
}

export function putBinding(machine: SiteMachine, place: Place, hostName: string, body: unknown): Answer {
  const { hostNames } = machine
  if (!hostNames) return notBound(machine)
  const { properties } = Object(body) as { readonly properties?: unknown }
  if (typeof properties !== 'object' || properties === null) return invalidParameter('properties')
  const other = Object.keys(properties).find((name) => !known.has(name))
  if (other !== undefined) return notImplemented(`it binds host names without properties.${other}`)
  const given = properties as Partial<HostNameBinding>
  const { siteName = machine.name, hostNameType = 'Verified', sslState = 'Disabled', thumbprint } = given
  if (siteName.toLowerCase() !== machine.name.toLowerCase()) return invalidParameter('properties.siteName')
  if (sslState !== 'Disabled' && sslState !== 'SniEnabled') {
    return notImplemented(`it has SNI and no addresses of an app's own, so not sslState ${String(sslState)}`)
  }
  if (sslState === 'SniEnabled' && !thumbprint) return invalidParameter('properties.thumbprint')
  const { customHostNameDnsRecordType = 'CName' } = given
  hostNames.put({
    hostName: hostName.toLowerCase(),
    siteName: machine.name,
    hostNameType,
    customHostNameDnsRecordType,
    sslState,
    ...(sslState === 'SniEnabled' && thumbprint !== undefined && { thumbprint }),
  })
  return getBinding(machine, place, hostName)
}

export function deleteBinding(machine: SiteMachine, hostName: string): Answer {
  const { hostNames } = machine
  if (!hostNames) return notBound(machine)
  const found = hostNames.list().some((one) => one.hostName === hostName.toLowerCase())
  hostNames.remove(hostName.toLowerCase())
  return { status: found ? 200 : 204 }
}

const notBound = ({ name }: SiteMachine): Answer => notImplemented(`the machine of ${name} has no hostNames`)

function resource(machine: SiteMachine, { hostName, ...properties }: HostNameBinding, { id }: Place): object {
  return {
    id: `${id}/hostNameBindings/${hostName}`,
    name: `${machine.name}/${hostName}`,
    type: 'Microsoft.Web/sites/hostNameBindings',
    properties,
  }
}
