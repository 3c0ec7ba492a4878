import { knownOptions } from '@cutover/core'

import type { Notifier } from './message.ts'
import { poster, type WebhookOptions } from './post.ts'

/**
 * Posts each message as JSON, as it is, to a URL of yours. The header `Idempotency-Key` is `CUTOVER/FACT`: the same when it is
 * sent again, since a process may be killed between sending and writing down that it was sent.
 *
 * @throws CutoverError `CUTOVER_OPTIONS_INVALID` at once.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function webhook(options: WebhookOptions): Notifier {
  knownOptions(options, ['url', 'name', 'fetch'], 'CUTOVER_OPTIONS_INVALID', 'webhook')
  const { name = 'webhook' } = options
  const post = poster(options, name)
  return {
    name,
    async send(message, { signal }) {
      // A structured header is a quoted string of ASCII.
      const key = JSON.stringify(`${message.cutover}/${message.fact}`).replace(/[^\x20-\x7e]/g, '?')
      await post(message, { 'idempotency-key': key }, signal)
    },
  }
}
