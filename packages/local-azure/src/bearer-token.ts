import { formatInstant } from '@cutover/core'

import { armError } from './arm-error.ts'
import type { Answer } from './provider.ts'

/** Without a slash at the end; with one they are as good. */
const armAudiences: readonly string[] = ['https://management.core.windows.net', 'https://management.azure.com']

/** Which tenant a client should ask for a token. */
const tenant = '00000000-0000-0000-0000-00000000000a'

/**
 * What is answered to a request without a good token; `undefined` to one that has one. A token in the form of a JWT must be for
 * one of the audiences, by default Resource Manager, and not have expired; any other text is taken as it is, and nothing is verified.
 */
export function unauthenticated(
  authorization: string | undefined,
  now: number,
  audiences: readonly string[] = armAudiences,
): Answer | undefined {
  if (authorization === undefined) {
    return refused(
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      "The authentication failed because of missing 'Authorization' header.",
    )
  }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (token === undefined) {
    return refused(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
      'The authentication scheme is not supported.',
    )
  }
  const claims = claimsOf(token)
  if (claims?.aud !== undefined && !audiences.includes(claims.aud.replace(/\/$/, ''))) {
    const wanted = audiences.flatMap((audience) => [`'${audience}'`, `'${audience}/'`]).join(',')
    const message = `The access token has been obtained for wrong audience or resource '${claims.aud}'. It should exactly match with one of the allowed audiences ${wanted}.`
    return refused('InvalidAuthenticationTokenAudience', message, 'The access token is for another audience.')
  }
  if (claims?.exp !== undefined && claims.exp * 1_000 <= now) {
    const message = `The access token expiry UTC time '${formatInstant(claims.exp * 1_000)}' is earlier than current UTC time '${formatInstant(now)}'.`
    return refused('ExpiredAuthenticationToken', message, 'The access token has expired.')
  }
  return undefined
}

/** A token in the form of a JWT, unsigned. */
export function unsignedToken(claims: { readonly aud: string; readonly exp: number }): string {
  return `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.local`
}

const encoded = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url')

function claimsOf(token: string): { readonly aud?: string; readonly exp?: number } | undefined {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud?: unknown; exp?: unknown } | null
    const { aud, exp } = claims ?? {}
    return { ...(typeof aud === 'string' ? { aud } : {}), ...(typeof exp === 'number' ? { exp } : {}) }
  } catch (error) {
    // Three words with dots between them need not be a JWT.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function refused(code: string, message: string, description: string): Answer {
  const challenge = `Bearer authorization_uri="https://login.windows.net/${tenant}", error="invalid_token", error_description="${description}"`
  return armError(401, code, message, { 'www-authenticate': challenge })
}
