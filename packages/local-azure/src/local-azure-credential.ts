import { type Clock, systemClock } from '@cutover/core'

import { unsignedToken } from './bearer-token.ts'

/** Fits `TokenCredential` of `@azure/core-auth`. */
export interface LocalAzureCredential {
  getToken(scopes: string | readonly string[]): Promise<{ token: string; expiresOnTimestamp: number }>
}

/**
 * A credential whose tokens are for the audience that is asked for, and expire after an hour: no secret, worthless elsewhere.
 * The clock should be the server's.
 */
export function localAzureCredential(options: { readonly clock?: Clock | undefined } = {}): LocalAzureCredential {
  const { clock = systemClock } = options
  return {
    async getToken(scopes) {
      const [scope = ''] = typeof scopes === 'string' ? [scopes] : scopes
      const expiresOnTimestamp = clock.now() + 3_600_000
      const aud = scope.replace(/\/\.default$/, '')
      return { token: unsignedToken({ aud, exp: Math.floor(expiresOnTimestamp / 1_000) }), expiresOnTimestamp }
    },
  }
}
