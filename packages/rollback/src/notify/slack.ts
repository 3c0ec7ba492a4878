import { knownOptions } from '@cutover/core'

import type { Notifier } from './message.ts'
import { poster, type WebhookOptions } from './post.ts'
import { slackPayload } from './slack-payload.ts'

/**
 * Posts each message to a Slack channel: the URL of an incoming webhook.
 *
 * @throws CutoverError `CUTOVER_OPTIONS_INVALID` at once.
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function slack(options: WebhookOptions): Notifier {
  knownOptions(options, ['url', 'name', 'fetch'], 'CUTOVER_OPTIONS_INVALID', 'slack')
  const { name = 'slack' } = options
  const post = poster(options, name)
  return {
    name,
    async send(message, { signal }) {
      await post(slackPayload(message), {}, signal)
    },
  }
}
