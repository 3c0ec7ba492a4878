/** A rule that watches something. */
export interface AlertRule {
  readonly name: string
  readonly kind: 'metric' | 'log'
  readonly enabled: boolean
  /** What it watches: ids of resources. */
  readonly scopes: readonly string[]
  /** Names of the action groups that it tells. */
  readonly groups: readonly string[]
  /** What it found when it last looked; a rule that has not yet looked has none. Only metric rules tell. */
  readonly status?: 'Healthy' | 'Unhealthy' | undefined
  /** When that was, epoch milliseconds. */
  readonly statusAt?: number | undefined
}

/** Who is told. */
export interface ActionGroup {
  readonly name: string
  readonly enabled: boolean
  readonly emails: readonly { readonly name: string; readonly emailAddress: string; readonly enabled?: boolean }[]
}

export interface FiredAlert {
  /** A GUID. */
  readonly id: string
  /** The rule's name. */
  readonly rule: string
  /** The resource's id. */
  readonly target: string
  readonly condition: 'Fired' | 'Resolved'
  /** Epoch milliseconds. */
  readonly firedAt: number
}

/** The alerts of one resource group. */
export interface AlertMachine {
  readonly resourceGroup: string
  rules(): readonly AlertRule[]
  groups(): readonly ActionGroup[]
  alerts(): readonly FiredAlert[]
}
