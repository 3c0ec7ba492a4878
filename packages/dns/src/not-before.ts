import { CutoverError, formatDuration } from '@cutover/core'

/** @throws CutoverError `DNS_NOT_SAFE_YET`, retryable */
export function refuseBefore(notBefore: number, now: number, name: string): void {
  if (now >= notBefore) return
  const at = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
  throw new CutoverError(
    'DNS_NOT_SAFE_YET',
    `${name}: resolvers may remember the former TTL until ${at.format(notBefore)} UTC, for another ` +
      `${formatDuration(notBefore - now)}; nothing was written`,
    { retryable: true, next: `Wait ${formatDuration(notBefore - now)}, then run it again.` },
  )
}
