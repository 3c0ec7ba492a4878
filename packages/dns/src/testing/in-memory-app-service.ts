import type { FakeWorld } from '@cutover/core/testing'

import { type AppServiceLike, type AppServiceSite, appServiceSite, type SendOptions } from '../app-service/index.ts'
import {
  type AppServiceMachine,
  appServiceMachine,
  type AppServiceMachineOptions,
  appServiceRefusal,
} from './app-service-machine.ts'
import { aborted, asRestError, restError } from './fake-client-errors.ts'
import { fenceNote } from './fake-client.ts'
import type { InMemoryZone } from './in-memory-zone.ts'

export interface InMemoryAppServiceOptions extends Omit<AppServiceMachineOptions, 'texts'> {
  /** Where the service's resolver finds TXT records. */
  readonly zone: InMemoryZone
}

/** An app's host names and certificates, at the level of the SDK's client. */
export interface InMemoryAppService {
  readonly client: AppServiceLike
  /** Our adapter over it; its writes are known to be fenced. */
  readonly site: AppServiceSite
  readonly machine: AppServiceMachine
  /** Somebody else's change, behind our back. */
  editBehind(edit: (machine: AppServiceMachine) => void): void
}

/**
 * An app of App Service, in this world's time and with its faults: `world.failNext('app-service.createOrUpdateHostNameBinding',
 * 'reply-lost')`. It sees a TXT record once every name server of the zone has it. The world watches its host names and
 * certificates as `app-service:<app>`.
 */
export function inMemoryAppService(world: FakeWorld, options: InMemoryAppServiceOptions): InMemoryAppService {
  const { zone, name: app } = options
  const texts = (name: string): readonly string[] => {
    const answers = Array.from({ length: zone.servers }, (_, server) => zone.answer(name, 'TXT', server)?.values ?? [])
    return answers[0]?.filter((text) => answers.every((values) => values.includes(text))) ?? []
  }
  const machine = appServiceMachine({ ...options, texts })
  const { hostNames, certificates } = machine
  const note = fenceNote()

  const call = async <T>(
    operation: string,
    about: string,
    { abortSignal: signal, onResponse }: SendOptions = {},
    write: boolean,
    body: () => T,
  ): Promise<T> => {
    if (signal?.aborted) throw aborted()
    try {
      return await world.call(`app-service.${operation} ${about}`, { write, signal, fence: note.current }, body)
    } catch (error) {
      if (signal?.aborted) throw aborted()
      throw asTheSdk(asRestError(error, busy), onResponse)
    }
  }
  const ofApp = (name: string): void => {
    if (name !== app) throw cannotFind('Site', name)
  }

  const client: AppServiceLike = {
    webApps: {
      get: (_group, name, send) =>
        call('get', name, send, false, () => {
          ofApp(name)
          const { location, serverFarmId, customDomainVerificationId } = machine
          return { location, serverFarmId, customDomainVerificationId }
        }),
      getHostNameBinding: (_group, name, hostName, send) =>
        call('getHostNameBinding', hostName, send, false, () => {
          ofApp(name)
          const found = hostNames.list().find((one) => one.hostName === hostName)
          if (!found) throw cannotFind('HostNameBinding', hostName)
          return { ...found }
        }),
      createOrUpdateHostNameBinding: (_group, name, hostName, binding, send) =>
        call('createOrUpdateHostNameBinding', hostName, send, true, () => {
          ofApp(name)
          hostNames.put({ ...binding, hostName })
          return {}
        }),
      deleteHostNameBinding: (_group, name, hostName, send) =>
        call('deleteHostNameBinding', hostName, send, true, () => {
          ofApp(name)
          hostNames.remove(hostName)
        }),
    },
    certificates: {
      get: (_group, name, send) =>
        call('getCertificate', name, send, false, () => {
          const found = certificates.list().find((one) => one.name === name)
          if (!found) throw cannotFind('Certificate', name)
          const { expiresAt, ...certificate } = found
          return { ...certificate, expirationDate: dateOf(expiresAt) }
        }),
      createOrUpdate: (_group, name, { keyVaultId, keyVaultSecretName, serverFarmId }, send) =>
        call('createOrUpdateCertificate', name, send, true, () => {
          certificates.take({ name, keyVaultId, keyVaultSecretName, serverFarmId })
          return {}
        }),
      delete: (_group, name, send) => call('deleteCertificate', name, send, true, () => certificates.remove(name)),
    },
  }
  const site = appServiceSite({ client, resourceGroup: 'local', name: app })
  const fenced = <Call extends { fence(): void }>(options_: Call): Call => ({
    ...options_,
    fence: note.noted(options_.fence),
  })
  world.watch(`app-service:${app}`, () => ({
    hostNames: [...hostNames.list()].sort(byHostName),
    certificates: certificates.list().map(({ name, thumbprint }) => ({ name, thumbprint })),
  }))
  return {
    client,
    machine,
    site: {
      ...site,
      bind: (hostName, binding, send) => site.bind(hostName, binding, fenced(send)),
      unbind: (hostName, send) => site.unbind(hostName, fenced(send)),
      takeCertificate: (name, from, send) => site.takeCertificate(name, from, fenced(send)),
      removeCertificate: (name, send) => site.removeCertificate(name, fenced(send)),
    },
    editBehind: (edit) => edit(machine),
  }
}

const busy = (): Error =>
  appServiceRefusal(409, 'Conflict', '01010', 'Cannot modify this site because another operation is in progress.')

const cannotFind = (what: string, name: string): Error =>
  appServiceRefusal(404, 'NotFound', '51004', 'Cannot find {0} with name {1}.', what, name)

/** `@azure/arm-appservice` 19 finds no code and no message in the service's words, and hands over the parsed body alone. */
function asTheSdk(error: unknown, onResponse: SendOptions['onResponse']): unknown {
  const { statusCode, code, extendedCode, message } = Object(error) as Partial<Record<string, unknown>>
  if (extendedCode === undefined || typeof statusCode !== 'number') return error
  onResponse?.({ status: statusCode, parsedBody: { Code: code, Message: message } })
  return Object.assign(restError('', `Unexpected status code: ${statusCode}`, statusCode), { code: undefined })
}

// oxlint-disable-next-line no-restricted-globals -- the SDK hands out a Date; no clock is read
const dateOf = (ms: number): Date => new Date(ms)

const byHostName = (a: { readonly hostName: string }, b: { readonly hostName: string }): number =>
  a.hostName < b.hostName ? -1 : 1
