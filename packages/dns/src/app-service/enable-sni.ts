import { type Change, CutoverError, defineChange } from '@cutover/core'

import { sleepUntil } from '../propagation.ts'
import type { AppServiceErrorCode } from './app-service-error.ts'
import type { AppServiceSite, HostNameBinding } from './app-service-site.ts'

/**
 * Shows a certificate, which App Service has, to clients that ask for the host name (SNI). Undone, the name has the certificate
 * that it had, or none; settled when no earlier write can arrive any more. App Service compares nothing: an edit within the round
 * trip of the write is lost.
 */
export function enableSni(
  site: AppServiceSite,
  hostName: string,
  thumbprint: string,
): Change<HostNameBinding, HostNameBinding, HostNameBinding> {
  const { name, resourceGroup, lateMs } = site
  const look = `az webapp config hostname list --resource-group ${resourceGroup} --webapp-name ${name}`
  const intended = (before: HostNameBinding): HostNameBinding => ({ ...before, sslState: 'SniEnabled', thumbprint })
  const write = async (
    to: HostNameBinding,
    from: HostNameBinding,
    context: { readonly signal: AbortSignal; fence(): void },
  ): Promise<void> => {
    const found = await site.binding(hostName, context)
    if (!found && to.sslState === 'Disabled') return
    if (!found) throw unbound(site, hostName)
    if (sameSsl(found, to)) return
    if (sameSsl(found, from)) return site.bind(hostName, { ...found, ...sslOf(to) }, context)
    throw new CutoverError(
      'DNS_BINDING_FOREIGN' satisfies AppServiceErrorCode,
      `${hostName} of ${name} shows another certificate: found ${describe(found)}, wanted ${describe(from)} or ${describe(to)}; nothing was written`,
      { next: `Look: ${look}` },
    )
  }
  return defineChange({
    id: `dns:enable-sni:${name}/${hostName}:${thumbprint}`,
    subject: `app-service:${name}/${hostName}/certificate`,
    title: `Show certificate ${thumbprint} for ${hostName} at ${name}`,
    intent: { thumbprint },
    lateMs,
    permissions: ['Microsoft.Web/sites/hostNameBindings/read', 'Microsoft.Web/sites/hostNameBindings/write'],
    async capture({ signal }): Promise<HostNameBinding> {
      const found = await site.binding(hostName, { signal })
      if (found) return found
      throw unbound(site, hostName)
    },
    async probe(before, { signal }) {
      const found = await site.binding(hostName, { signal })
      // Without the name there is no certificate shown for it, as it was found: the binding is another step's.
      if (!found && before.sslState === 'Disabled') return { is: 'absent' }
      if (!found) return { is: 'foreign', found: `${hostName} is not bound any more` }
      if (sameSsl(found, intended(before))) return { is: 'applied', seen: found }
      return sameSsl(found, before) ? { is: 'absent' } : { is: 'foreign', found }
    },
    apply: (before, context) => write(intended(before), before, context),
    revert: (before, context) => write(before, intended(before), context),
    async settle(before, _seen, context, { toward, since }): Promise<HostNameBinding> {
      if (toward === 'applied') return intended(before)
      // A write creates what is not there. One of which the reply was lost would bind the name again, after it was unbound.
      await sleepUntil(since + lateMs, `a late write could bind ${hostName} again`, context)
      return before
    },
    estimate: () => ({ applyMs: 30_000, revertMs: 30_000 + lateMs }),
    byHand: (before) => ({
      apply: [
        `az webapp config ssl bind --resource-group ${resourceGroup} --name ${name} --hostname ${hostName} --certificate-thumbprint ${thumbprint} --ssl-type SNI`,
      ],
      revert: [
        before?.thumbprint === undefined
          ? `az webapp config ssl unbind --resource-group ${resourceGroup} --name ${name} --hostname ${hostName} --certificate-thumbprint ${thumbprint}`
          : `az webapp config ssl bind --resource-group ${resourceGroup} --name ${name} --hostname ${hostName} --certificate-thumbprint ${before.thumbprint} --ssl-type SNI`,
      ],
      look: [look],
    }),
  })
}

const sslOf = ({ sslState, thumbprint }: HostNameBinding): Pick<HostNameBinding, 'sslState' | 'thumbprint'> => ({
  sslState,
  thumbprint: sslState === 'Disabled' ? undefined : thumbprint,
})

const sameSsl = (a: HostNameBinding, b: HostNameBinding): boolean =>
  a.sslState === b.sslState &&
  (a.sslState === 'Disabled' || a.thumbprint?.toUpperCase() === b.thumbprint?.toUpperCase())

const describe = ({ sslState, thumbprint }: HostNameBinding): string =>
  sslState === 'Disabled' ? 'none' : (thumbprint ?? sslState)

const unbound = ({ name, resourceGroup }: AppServiceSite, hostName: string): CutoverError =>
  new CutoverError('DNS_BINDING_NOT_FOUND' satisfies AppServiceErrorCode, `${name} does not answer to ${hostName}`, {
    next: `Look: az webapp config hostname list --resource-group ${resourceGroup} --webapp-name ${name}`,
  })
