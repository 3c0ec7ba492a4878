import { CutoverError, knownOptions } from '@cutover/core'

import type { Notifier } from './message.ts'
import { poster, type WebhookOptions } from './post.ts'
import { teamsPayload } from './teams-card.ts'

/**
 * Posts each message as an Adaptive Card to a Teams channel: the URL of a workflow that begins with "When a Teams webhook request is
 * received".
 *
 * @throws CutoverError `CUTOVER_OPTIONS_INVALID` at once.
 */
export function teams(options: WebhookOptions): Notifier {
  knownOptions(options, ['url', 'name', 'fetch'], 'CUTOVER_OPTIONS_INVALID', 'teams')
  const { name = 'teams' } = options
  const post = poster(options, name)
  return {
    name,
    async send(message, { signal }) {
      const answer = await post(teamsPayload(message), {}, signal)
      // The former connectors answer 200 and say in the body that it failed.
      if (/delivery failed|HTTP error \d+/i.test(answer))
        throw new CutoverError('CUTOVER_NOTIFIER_REFUSED', `${name} took the message and did not deliver it`, {
          retryable: true,
        })
    },
  }
}
