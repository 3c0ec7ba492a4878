/** How much may be asked, and by whom. */
export interface QueryLimits {
  /** Query processing units, one for each month that is asked about. @default 12 in 10 s, 60 a minute, 600 an hour */
  readonly unitsPer10Seconds?: number | undefined
  readonly unitsPerMinute?: number | undefined
  readonly unitsPerHour?: number | undefined
  /** Requests about one scope, and of one tenant. @default 30, 60 */
  readonly entityPerMinute?: number | undefined
  readonly tenantPerMinute?: number | undefined
  /** Requests with one `ClientType`. @default 20 */
  readonly clientPerMinute?: number | undefined
  /** What all the world leaves of the quota of those without a `ClientType`. @default 1 */
  readonly anonymousPerMinute?: number | undefined
}

interface Bucket {
  readonly name: 'qpu' | 'entity' | 'tenant' | 'clienttype'
  readonly key: string
  readonly most: number
  readonly withinMs: number
  readonly weight: number
}

/** Counts what was answered; a throttled request says in a header of its own for each quota how long to wait. */
export class QueryQuota {
  readonly #limits: Required<{ [K in keyof QueryLimits]: number }>
  readonly #used = new Map<string, { readonly at: number; readonly weight: number }[]>()

  constructor(limits: QueryLimits) {
    const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
    this.#limits = {
      unitsPer10Seconds: 12,
      unitsPerMinute: 60,
      unitsPerHour: 600,
      entityPerMinute: 30,
      tenantPerMinute: 60,
      clientPerMinute: 20,
      anonymousPerMinute: 1,
      ...(given as QueryLimits as Partial<Record<keyof QueryLimits, number>>),
    }
  }

  /** The headers of a 429; `undefined` when the request is within all quotas, and is counted. */
  take(
    asked: { readonly scope: string; readonly clientType: string | undefined; readonly units: number },
    now: number,
  ): Readonly<Record<string, string>> | undefined {
    const buckets = this.#buckets(asked)
    const waits: Record<string, number> = {}
    for (const bucket of buckets) {
      const used = (this.#used.get(bucket.key) ?? []).filter(({ at }) => now - at < bucket.withinMs)
      const sum = used.reduce((total, { weight }) => total + weight, 0)
      if (sum + bucket.weight <= bucket.most) continue
      const waitMs = (used[0]?.at ?? now) + bucket.withinMs - now
      waits[bucket.name] = Math.max(waits[bucket.name] ?? 0, Math.ceil(waitMs / 1_000))
    }
    if (Object.keys(waits).length > 0) {
      return Object.fromEntries(
        Object.entries(waits).map(([name, seconds]) => [
          `x-ms-ratelimit-microsoft.costmanagement-${name}-retry-after`,
          String(seconds),
        ]),
      )
    }
    for (const { key, weight, withinMs } of buckets) {
      const kept = (this.#used.get(key) ?? []).filter(({ at }) => now - at < withinMs)
      this.#used.set(key, [...kept, { at: now, weight }])
    }
    return undefined
  }

  #buckets({
    scope,
    clientType,
    units,
  }: {
    readonly scope: string
    readonly clientType: string | undefined
    readonly units: number
  }): readonly Bucket[] {
    const limits = this.#limits
    const qpu = (most: number, withinMs: number): Bucket => ({
      name: 'qpu',
      key: `qpu ${withinMs}`,
      most,
      withinMs,
      weight: units,
    })
    const perMinute = (name: Bucket['name'], key: string, most: number): Bucket => ({
      name,
      key: `${name} ${key}`,
      most,
      withinMs: 60_000,
      weight: 1,
    })
    return [
      qpu(limits.unitsPer10Seconds, 10_000),
      qpu(limits.unitsPerMinute, 60_000),
      qpu(limits.unitsPerHour, 3_600_000),
      perMinute('entity', scope.toLowerCase(), limits.entityPerMinute),
      perMinute('tenant', '', limits.tenantPerMinute),
      perMinute(
        'clienttype',
        clientType ?? '',
        clientType === undefined ? limits.anonymousPerMinute : limits.clientPerMinute,
      ),
    ]
  }
}
