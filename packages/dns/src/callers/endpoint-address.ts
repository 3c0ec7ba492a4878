import { CutoverError } from '@cutover/core'

import type { EndpointErrorCode } from './endpoint-error-code.ts'

/** `api.example.com`, `api.example.com:8443`, `192.0.2.1:80` */
const host = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?::\d{1,5})?$/i

/**
 * Why a text must not be shown or journalled as an address; `undefined` when it may. What is no address may be anything, also
 * a password; a URL's user info and query are where keys stand (`?code=` of Azure Functions, `?sig=` of Azure Storage).
 */
function unfitAddress(text: string): string | undefined {
  if (text.includes('://')) {
    if (!URL.canParse(text)) return 'is no URL'
    const { username, password, search, hash } = new URL(text)
    if (username !== '' || password !== '') return 'is a URL with user info'
    if (search !== '' || hash !== '') return 'is a URL with a query, where keys stand'
    return undefined
  }
  // A name of one label is what a password looks like, too.
  return host.test(text) && /[.:]/.test(text) ? undefined : 'is neither a URL nor a host name with a dot'
}

/** What a setting is to have, checked before anything is read. The value is not repeated when it is refused. */
export function intendedAddress(value: unknown, field: string): string {
  const why = typeof value === 'string' ? unfitAddress(value) : 'is no text'
  if (why === undefined) return value as string
  throw new CutoverError(
    'DNS_OPTION_INVALID' satisfies EndpointErrorCode,
    `${field} ${why}; wanted a URL such as https://orders.azurewebsites.net/v1, without user info and query, or a host name`,
  )
}

/** What a setting has; refused unseen when it is none, since it would enter the journal. */
export function foundAddress(value: string, text: string): string {
  const why = unfitAddress(value)
  if (why === undefined) return value
  throw new CutoverError(
    'DNS_ENDPOINT_UNSUPPORTED' satisfies EndpointErrorCode,
    `${text} ${why}: it may be a secret, so it is neither shown nor journalled; nothing was written`,
    { next: 'Keep the address and its key in two settings, or name the setting that has the address.' },
  )
}

/** As evidence may show it. */
export const shownAddress = (value: string): string =>
  unfitAddress(value) === undefined ? value : 'a value that is no plain address'
