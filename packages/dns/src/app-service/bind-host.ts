import { type Change, CutoverError, defineChange } from '@cutover/core'

import type { AppServiceErrorCode } from './app-service-error.ts'
import type { AppServiceSite, HostNameBinding } from './app-service-site.ts'

/** `null`: the app did not answer to the name. */
export type FormerBinding = HostNameBinding | null

/**
 * Lets an app answer to a host name, without a certificate. Undone, it does not any more, unless it did before, or somebody has
 * given the name a certificate since.
 */
export function bindHost(
  site: AppServiceSite,
  hostName: string,
  recordType: 'CName' | 'A',
): Change<FormerBinding, HostNameBinding, HostNameBinding> {
  const { name, resourceGroup, lateMs } = site
  const intended: HostNameBinding = { recordType, sslState: 'Disabled' }
  const where = `--resource-group ${resourceGroup}`
  const look = `az webapp config hostname list ${where} --webapp-name ${name}`
  return defineChange({
    id: `dns:bind-host:${name}/${hostName}`,
    subject: `app-service:${name}/${hostName}`,
    title: `Let ${name} answer to ${hostName}`,
    intent: { recordType },
    lateMs,
    permissions: ['read', 'write', 'delete'].map((what) => `Microsoft.Web/sites/hostNameBindings/${what}`),
    capture: async ({ signal }): Promise<FormerBinding> => (await site.binding(hostName, { signal })) ?? null,
    async probe(before, { signal }) {
      const found = await site.binding(hostName, { signal })
      // With a certificate, too: that is the next step's.
      if (found && (before !== null || found.recordType === recordType)) return { is: 'applied', seen: found }
      if (!found)
        return before === null ? { is: 'absent' } : { is: 'foreign', found: `${hostName} is not bound any more` }
      return { is: 'foreign', found }
    },
    async apply(before, context) {
      const found = await site.binding(hostName, context)
      if (found || before !== null) return undefined
      return site.bind(hostName, intended, context)
    },
    async revert(before, context) {
      const found = await site.binding(hostName, context)
      if (!found || before !== null) return undefined
      if (found.recordType === recordType && found.sslState === 'Disabled') return site.unbind(hostName, context)
      throw new CutoverError(
        'DNS_BINDING_FOREIGN' satisfies AppServiceErrorCode,
        `${hostName} of ${name} is bound in another way than this made it: sslState ${found.sslState}; it was not removed`,
        { next: `Look: ${look}` },
      )
    },
    estimate: () => ({ applyMs: bindMs, revertMs: bindMs }),
    byHand: () => ({
      apply: [`az webapp config hostname add ${where} --webapp-name ${name} --hostname ${hostName}`],
      revert: [`az webapp config hostname delete ${where} --webapp-name ${name} --hostname ${hostName}`],
      look: [look],
    }),
  })
}

/** Only for estimates: App Service verifies the name before it answers. */
const bindMs = 30_000
