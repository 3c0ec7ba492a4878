import { cut } from './cut.ts'
import type { Message, MessageKind } from './message.ts'

interface TextBlock {
  readonly type: 'TextBlock'
  readonly text: string
  readonly wrap: true
  readonly size?: 'medium'
  readonly weight?: 'bolder'
  readonly color?: 'default' | 'good' | 'warning' | 'attention'
  readonly fontType?: 'monospace'
}

interface FactSet {
  readonly type: 'FactSet'
  readonly facts: { readonly title: string; readonly value: string }[]
}

/** What a Teams workflow takes: a message with one card. */
export interface TeamsPayload {
  readonly type: 'message'
  readonly attachments: readonly {
    readonly contentType: 'application/vnd.microsoft.card.adaptive'
    readonly contentUrl: null
    readonly content: AdaptiveCard
  }[]
}

export interface AdaptiveCard {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json'
  readonly type: 'AdaptiveCard'
  readonly version: '1.4'
  readonly body: (TextBlock | FactSet)[]
}

/** A message may have 28 KB; what is longer is refused as a whole. */
const most = { title: 150, text: 1_500, name: 60, detail: 150, details: 16, command: 400, commands: 4 }

/**
 * An Adaptive Card of version 1.4, which Teams shows everywhere.
 *
 * @see https://adaptivecards.io/explorer/
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export function teamsPayload({ kind, title, text, details, commands }: Message): TeamsPayload {
  const facts = details
    .slice(0, most.details)
    .map(({ name, value }) => ({ title: plain(cut(name, most.name)), value: plain(cut(value, most.detail)) }))
  const content: AdaptiveCard = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      {
        type: 'TextBlock',
        text: plain(cut(title, most.title)),
        wrap: true,
        size: 'medium',
        weight: 'bolder',
        color: colors[kind],
      },
      { type: 'TextBlock', text: plain(cut(text, most.text)), wrap: true },
      ...(facts.length === 0 ? [] : [{ type: 'FactSet' as const, facts }]),
      ...commands.slice(0, most.commands).map((command) => ({
        type: 'TextBlock' as const,
        text: plain(cut(command, most.command)),
        wrap: true as const,
        fontType: 'monospace' as const,
      })),
    ],
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  }
}

const colors: Readonly<Record<MessageKind, NonNullable<TextBlock['color']>>> = {
  start: 'default',
  pause: 'warning',
  question: 'attention',
  approval: 'warning',
  alarm: 'attention',
  slip: 'warning',
  rollback: 'attention',
  waiting: 'default',
  interrupted: 'attention',
  end: 'good',
}

/** A card's text is a subset of Markdown: what a service said must not become a link, a list or emphasis. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#]/g, String.raw`\$&`).replace(/\n/g, '\n\n')
