import { type Check, defineCheck, type Duration, durationMs, formatDuration } from '@cutover/core'

import type { AppServiceSite } from './app-service-site.ts'

export interface CertificateEvidence {
  readonly hostNames: readonly string[]
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined
}

/** Passes when the certificate that App Service took is for the host name, and good for a while. */
export function certificateCovers(
  site: AppServiceSite,
  certificate: string,
  { hostName, validFor }: { readonly hostName: string; readonly validFor: Duration },
): Check<CertificateEvidence> {
  const leastMs = durationMs(validFor, 'validFor')
  return defineCheck({
    id: `dns:certificate-covers:${site.resourceGroup}/${certificate}:${hostName}`,
    title: `Certificate ${certificate} is good for ${hostName}`,
    async run({ clock, signal }) {
      const found = await site.certificate(certificate, { signal })
      if (!found) return { status: 'undecided', text: `there is no certificate ${certificate}` }
      const { hostNames, expiresAt } = found
      const evidence = { hostNames, ...(expiresAt !== undefined && { expiresAt }) }
      const names = hostNames.join(', ') || 'no name'
      if (!hostNames.some((name) => covers(name, hostName))) {
        return { status: 'fail', text: `it is for ${names}, not for ${hostName}`, evidence }
      }
      if (expiresAt === undefined) return { status: 'undecided', text: 'nobody tells when it expires', evidence }
      const leftMs = expiresAt - clock.now()
      if (leftMs <= 0) return { status: 'fail', text: `it expired ${formatDuration(-leftMs)} ago`, evidence }
      const status = leftMs < leastMs ? 'fail' : 'pass'
      return { status, text: `it is for ${names}, for another ${formatDuration(leftMs)}`, evidence }
    },
  })
}

/** RFC 6125 §6.4.3: a wildcard stands for one label, the first. */
function covers(pattern: string, hostName: string): boolean {
  const [wanted, given] = [hostName.toLowerCase(), pattern.toLowerCase()]
  if (wanted === given) return true
  return given.startsWith('*.') && wanted.slice(wanted.indexOf('.')) === given.slice(1)
}
