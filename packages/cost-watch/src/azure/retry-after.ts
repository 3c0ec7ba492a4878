/**
 * How long a throttled answer asks to wait, in milliseconds: the longest of what any of its headers says. Cost Management has
 * one for each of its quotas (units, entity, tenant, client), and the general client reads none of them.
 *
 * @see https://learn.microsoft.com/azure/cost-management-billing/costs/manage-automation#error-code-429
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  let longest: number | undefined
  for (const [name, value] of Object.entries(headers)) {
    const isSeconds = name === 'retry-after' || (name.startsWith('x-ms-ratelimit-') && name.endsWith('-retry-after'))
    const isMs = name === 'retry-after-ms' || name === 'x-ms-retry-after-ms'
    if ((!isSeconds && !isMs) || !/^\d{1,7}(\.\d+)?$/.test(value.trim())) continue
    const ms = Math.ceil(Number(value) * (isMs ? 1 : 1_000))
    longest = Math.max(longest ?? 0, ms)
  }
  return longest
}
