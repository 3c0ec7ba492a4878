import { formatInstant } from '@cutover/core'

import { same } from '../admission.ts'
import { notImplemented } from '../arm-error.ts'
import type { Answer, ArmRequest, Method, Operation, Provider } from '../provider.ts'
import { cannotFind, invalidParameter } from '../sites/app-service-error.ts'
import { refusing } from '../sites/app-service-refusal.ts'

/** A certificate that App Service took from a Key Vault. */
export interface SiteCertificate {
  readonly name: string
  readonly keyVaultId: string
  readonly keyVaultSecretName: string
  readonly serverFarmId?: string | undefined
  readonly thumbprint: string
  readonly subjectName: string
  readonly issuer: string
  readonly hostNames: readonly string[]
  /** Epoch milliseconds. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** What the service may answer of the private key; a test's own, to see that nobody keeps it. */
  readonly pfxBlob?: string | undefined
}

/** The certificates of one resource group, as a state machine. */
export interface CertificateMachine {
  list(): readonly SiteCertificate[]
  /** Takes it from the vault. @throws what App Service answers: see `AppServiceRefusal`. */
  take(certificate: Pick<SiteCertificate, 'name' | 'keyVaultId' | 'keyVaultSecretName' | 'serverFarmId'>): void
  /** @throws where a host name uses it. */
  remove(name: string): void
}

export interface CertificatesOptions {
  readonly machine: CertificateMachine
  /** @default 'local' */
  readonly resourceGroup?: string | undefined
  /** @default 'westeurope' */
  readonly location?: string | undefined
  /** @default those from 2023-12-01 to 2025-05-01 */
  readonly apiVersions?: readonly string[] | undefined
}

const defaultVersions = ['2025-05-01', '2025-03-01', '2024-11-01', '2024-04-01', '2023-12-01']

/** Certificates of apps, `Microsoft.Web/certificates`: listed, taken from a Key Vault, and removed. */
export function certificates(options: CertificatesOptions): Provider {
  const { machine, resourceGroup = 'local', location = 'westeurope', apiVersions = defaultVersions } = options
  const operation = (
    id: string,
    method: Method,
    path: string,
    handle: (place: string, request: ArmRequest) => Answer,
  ): Operation =>
    refusing({
      id: `Certificates_${id}`,
      method,
      path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Web/certificates${path}`,
      handle(request) {
        const { subscriptionId = '', resourceGroupName = '', name = '' } = request.parameters
        if (!same(resourceGroup, resourceGroupName)) return cannotFind('Certificate', name)
        const scope = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
        return handle(`${scope}/providers/Microsoft.Web/certificates`, request)
      },
    })
  const one = (place: string, name: string): Answer => {
    const found = machine.list().find((each) => same(each.name, name))
    return found ? { status: 200, body: resource(found, place, location) } : cannotFind('Certificate', name)
  }
  return {
    namespace: 'Microsoft.Web',
    apiVersions,
    resourceGroups: [resourceGroup],
    location,
    operations: [
      operation('ListByResourceGroup', 'GET', '', (place) => ({
        status: 200,
        body: { value: machine.list().map((each) => resource(each, place, location)) },
      })),
      operation('Get', 'GET', '/{name}', (place, { parameters }) => one(place, parameters['name'] ?? '')),
      operation('CreateOrUpdate', 'PUT', '/{name}', (place, { parameters, body }) => {
        const { name = '' } = parameters
        const { location: given, properties } = Object(body) as { location?: unknown; properties?: object }
        if (typeof given !== 'string' || !same(given, location)) return invalidParameter('location')
        const { keyVaultId, keyVaultSecretName, serverFarmId, ...others } = Object(
          properties,
        ) as Partial<SiteCertificate>
        const [other] = Object.keys(others)
        if (other !== undefined)
          return notImplemented(`it takes certificates from a Key Vault, not by properties.${other}`)
        if (keyVaultId === undefined || keyVaultSecretName === undefined) return invalidParameter('keyVaultId')
        machine.take({ name, keyVaultId, keyVaultSecretName, ...(serverFarmId !== undefined && { serverFarmId }) })
        return one(place, name)
      }),
      operation('Delete', 'DELETE', '/{name}', (_, { parameters }) => {
        const { name = '' } = parameters
        const found = machine.list().some((each) => same(each.name, name))
        if (found) machine.remove(name)
        return { status: found ? 200 : 204 }
      }),
    ],
  }
}

function resource(
  { name, issuedAt, expiresAt, ...certificate }: SiteCertificate,
  place: string,
  location: string,
): object {
  return {
    id: `${place}/${name}`,
    name,
    type: 'Microsoft.Web/certificates',
    location,
    properties: {
      ...certificate,
      issueDate: formatInstant(issuedAt),
      expirationDate: formatInstant(expiresAt),
      keyVaultSecretStatus: 'Succeeded',
    },
  }
}
