import { CutoverError } from '@cutover/core'

import type { RecordLocks } from '../dns-zone.ts'
import { abortable, asked, attemptTo, type HostedZone } from './calls.ts'
import { canonicalName, escapedName, plainName } from './domain-name.ts'
import type { Route53Key } from './route53-like.ts'

/**
 * Protections of Route 53: while there is one, every change of that name and type is refused, also ours. `undefined` for a client
 * that is too old for them.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateResourceRecordSetProtections.html
 */
export function protectionsOf(zone: HostedZone): RecordLocks | undefined {
  const { client, id } = zone
  const { listResourceRecordSetProtections: list } = client
  const { createResourceRecordSetProtections: create, deleteResourceRecordSetProtections: remove } = client
  if (!list || !create || !remove) return undefined
  return {
    async find(name, type, { signal } = {}) {
      signal?.throwIfAborted()
      const attempt = attemptTo(
        zone,
        `read the protection of ${name} ${type}`,
        'route53:ListResourceRecordSetProtections',
      )
      const input = {
        HostedZoneId: id,
        StartRecordName: escapedName(plainName(name)),
        StartRecordType: type,
        MaxResults: 1,
      }
      const page = await asked(attempt, signal, () => list.call(client, input, abortable(signal)))
      const [first] = page.ResourceRecordSetProtections ?? []
      if (first?.RecordType !== type || canonicalName(first.RecordName ?? '') !== plainName(name)) return undefined
      return first.Comment ?? ''
    },
    async lock(name, type, why, { signal, fence } = {}) {
      signal?.throwIfAborted()
      const attempt = attemptTo(zone, `protect ${name} ${type}`, 'route53:CreateResourceRecordSetProtections')
      const Protections = [{ ...keyOf(name, type), Comment: commentOf(why) }]
      fence?.()
      await asked(attempt, signal, () => create.call(client, { HostedZoneId: id, Protections }, abortable(signal)))
    },
    async unlock(name, type, { signal, fence } = {}) {
      signal?.throwIfAborted()
      const attempt = attemptTo(
        zone,
        `end the protection of ${name} ${type}`,
        'route53:DeleteResourceRecordSetProtections',
      )
      const Protections = [keyOf(name, type)]
      fence?.()
      await asked(attempt, signal, () => remove.call(client, { HostedZoneId: id, Protections }, abortable(signal)))
    },
  }
}

const keyOf = (name: string, type: Route53Key['RecordType']): Route53Key => ({
  RecordName: escapedName(plainName(name)),
  RecordType: type,
})

/** The service takes 256 characters. */
const longestComment = 256

function commentOf(why: string): string {
  if (why.length <= longestComment) return why
  throw new CutoverError(
    'DNS_OPTION_INVALID',
    `why has ${why.length} characters; wanted at most ${longestComment}, as a protection of Route 53 takes`,
  )
}
