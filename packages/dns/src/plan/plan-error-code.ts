/**
 * - `DNS_PLAN_BLOCKED`: it has blockers that were not accepted.
 * - `DNS_PLAN_EXPIRED`: it was made too long ago.
 * - `DNS_PLAN_DRIFTED`: the zone is not as it saw it.
 */
export type PlanErrorCode = 'DNS_PLAN_BLOCKED' | 'DNS_PLAN_EXPIRED' | 'DNS_PLAN_DRIFTED'
