import { type Attempt, translated } from './route53-error.ts'
import type { Route53Like } from './route53-like.ts'

/** One hosted zone, and who asks for it. */
export interface HostedZone {
  readonly client: Route53Like & object
  readonly id: string
}

/** Calls at once, so that what was done directly before is in the same turn. */
export async function asked<T>(attempt: Attempt, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translated(error, attempt, signal)
  }
}

export const abortable = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal }

export const attemptTo = ({ id }: HostedZone, what: string, action: Attempt['action']): Attempt => ({
  what: `${what} in hosted zone ${id}`,
  action,
  resource: action === 'route53:GetChange' ? 'arn:aws:route53:::change/*' : `arn:aws:route53:::hostedzone/${id}`,
})
