import { type Change, CutoverError, defineChange, knownOptions } from '@cutover/core'

import { refuseOption } from '../option-error.ts'
import { sleepUntil } from '../propagation.ts'
import { foundAddress, intendedAddress, shownAddress } from './endpoint-address.ts'
import type { EndpointErrorCode } from './endpoint-error-code.ts'
import type { EndpointContext, EndpointSetting } from './endpoint-setting.ts'

export interface RepointEndpointOptions {
  /** A URL or a host name, exactly as the caller wants to read it; without user info and query, since it is journalled. */
  readonly to: string
  /** What it has to be now; anything else is refused, also `to`. */
  readonly from?: string | undefined
}

const repointEndpointOptions: readonly (keyof RepointEndpointOptions)[] = ['to', 'from']

export interface EndpointRepointed {
  /** Epoch milliseconds: from here on no caller that keeps to the store's own times calls the former address. */
  readonly allMovedBy: number
}

/** What was found, and comes back: the address alone, never what stands beside it. */
export interface FormerEndpoint {
  readonly value: string
}

/**
 * Tells a caller that holds an address, and asks no name, to call another: a Lambda function's variable, an SSM parameter, a
 * setting of App Configuration. Settled when whoever reads the setting gets the new one; `allMovedBy` is not waited for.
 *
 * Undone, the setting has the address that was found, and undoing is settled only when no caller has the new one any more.
 * Nothing else that the store keeps is changed, shown or journalled. A setting that is `to` already is left alone.
 *
 * Where the store compares nothing (`supports.compareAndSwap: 'none'`), an edit within the round trip of the write is lost; it is
 * told as the note `dns.endpoint-overwritten`.
 *
 * @throws CutoverError `DNS_OPTION_INVALID` at once; before anything is written `DNS_ENDPOINT_NOT_FOUND`,
 * `DNS_ENDPOINT_UNSUPPORTED`, `DNS_ENDPOINT_FOREIGN` (also from undoing, when somebody else has changed it since).
 */
export function repointEndpoint(
  setting: EndpointSetting,
  options: RepointEndpointOptions,
): Change<FormerEndpoint, EndpointRepointed, FormerEndpoint> {
  knownOptions(options, repointEndpointOptions, 'DNS_OPTION_INVALID', 'repointEndpoint')
  const { id, text, lateMs, movedMs, permissions } = checkedSetting(setting)
  const to = intendedAddress(options.to, 'to')
  const from = options.from === undefined ? undefined : intendedAddress(options.from, 'from')
  const foreign = (found: string, wanted: readonly string[]): CutoverError =>
    new CutoverError(
      'DNS_ENDPOINT_FOREIGN' satisfies EndpointErrorCode,
      `${text}: found ${shownAddress(found)}, wanted ${[...new Set(wanted)].join(' or ')}; nothing was written`,
      { next: `Look: ${setting.byHand(undefined).look}` },
    )
  const write = async (value: string, other: string, context: EndpointContext): Promise<unknown> => {
    const found = await setting.find({ signal: context.signal })
    if (!found) throw notFound(setting)
    if (found.value === value) return undefined
    if (found.value !== other) throw foreign(found.value, [value, other])
    return setting.replace(found, value, context)
  }
  return defineChange({
    id: `dns:repoint-endpoint:${id}:${to}`,
    subject: `endpoint:${id}`,
    title: `Point ${text} at ${to}`,
    intent: { to, from },
    lateMs,
    permissions,
    async capture({ signal }): Promise<FormerEndpoint> {
      const found = await setting.find({ signal })
      if (!found) throw notFound(setting)
      const value = foundAddress(found.value, text)
      if (from !== undefined && value !== from) throw foreign(value, [from])
      return { value }
    },
    async probe(before, { signal }) {
      const found = await setting.find({ signal })
      if (!found) return { is: 'foreign', found: `no ${text}` }
      if (found.value === to) return { is: 'applied', seen: { value: to } }
      return found.value === before.value ? { is: 'absent' } : { is: 'foreign', found: shownAddress(found.value) }
    },
    apply: (before, context) => write(to, before.value, context),
    revert: (before, context) => write(before.value, to, context),
    async settle(before, _seen, context, { toward, since }): Promise<EndpointRepointed> {
      const allMovedBy = await setting.waitUntilRead(since, context)
      if (toward === 'absent' && before.value !== to) {
        await sleepUntil(allMovedBy, `callers may still have ${to} from ${text}`, context)
      }
      return { allMovedBy }
    },
    estimate: (before) => {
      const ms = before?.value === to ? 0 : movedMs
      return { applyMs: ms, revertMs: ms }
    },
    byHand: (before) => ({
      apply: [setting.byHand(to).set],
      revert: [setting.byHand(before?.value).set],
      look: [setting.byHand(undefined).look],
    }),
  })
}

const notFound = ({ text, byHand }: EndpointSetting): CutoverError =>
  new CutoverError('DNS_ENDPOINT_NOT_FOUND' satisfies EndpointErrorCode, `there is no ${text}`, {
    next: `Look: ${byHand(undefined).look}`,
  })

function checkedSetting(setting: EndpointSetting): EndpointSetting {
  const given: unknown = setting
  const methods = Object(given) as Partial<Record<string, unknown>>
  if (['find', 'replace', 'waitUntilRead'].every((method) => typeof methods[method] === 'function')) return setting
  return refuseOption('setting', given, 'a handle, such as lambdaVariable(…) or ssmParameter(…) answers')
}
