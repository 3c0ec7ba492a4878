/**
 * One thing that somebody is told about, at the source or at the target.
 *
 * - `ok`: it was judged, and nothing is wrong. `firing`: something is.
 * - `unknown`: it was not judged, or with too little data.
 */
export interface Alarm {
  readonly name: string
  readonly state: 'ok' | 'firing' | 'unknown'
  /** What the service says of the state, for people. */
  readonly why: string
  /** Since when, or when it was last judged, epoch milliseconds. */
  readonly since?: number | undefined
  /** It judges, and tells. */
  readonly enabled: boolean
  /** How many are told when it fires: an alarm that tells nobody watches nothing. */
  readonly receivers: number
}

/** Where alarms are: the port of `alarmsGreen` and `alertsCover`. */
export interface AlarmSource {
  /** For people: `CloudWatch`, `orders-rg`. */
  readonly name: string
  /** All of them, in no order; each name once. */
  alarms(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly Alarm[]>
}
