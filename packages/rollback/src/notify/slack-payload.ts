import { cut } from './cut.ts'
import type { Message, MessageKind } from './message.ts'

interface PlainText {
  readonly type: 'plain_text'
  text: string
  emoji: boolean
}

interface Markdown {
  readonly type: 'mrkdwn'
  text: string
}

type SlackBlock =
  | { readonly type: 'header'; text: PlainText }
  | { readonly type: 'section'; text: Markdown }
  | { readonly type: 'section'; fields: (PlainText | Markdown)[] }

/** What an incoming webhook takes: `text` is for notifications and screen readers. */
export interface SlackPayload {
  text: string
  blocks: SlackBlock[]
}

/** Slack refuses what is longer as `invalid_blocks`. @see https://docs.slack.dev/reference/block-kit/blocks */
const most = { header: 150, section: 3_000, fields: 10, field: 2_000, commands: 6, text: 3_000 }

/** Block Kit: a header, the text, the details in fields of ten, the commands as code. */
export function slackPayload({ kind, title, text, details, commands }: Message): SlackPayload {
  const fields = details.map(({ name, value }): Markdown => {
    const head = `*${escaped(name)}*\n`
    return { type: 'mrkdwn', text: head + cutEscaped(escaped(value), most.field - head.length) }
  })
  return {
    text: cutEscaped(escaped(title), most.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(`${marks[kind]} ${title}`, most.header), emoji: true } },
      { type: 'section', text: { type: 'mrkdwn', text: cutEscaped(escaped(text), most.section) } },
      ...(fields.length === 0 ? [] : [{ type: 'section' as const, fields: fields.slice(0, most.fields) }]),
      ...commands.slice(0, most.commands).map((command) => ({
        type: 'section' as const,
        text: { type: 'mrkdwn' as const, text: `\`\`\`${cutEscaped(escaped(command), most.section - 6)}\`\`\`` },
      })),
    ],
  }
}

const marks: Readonly<Record<MessageKind, string>> = {
  start: '▶',
  pause: '⏸',
  question: '❓',
  approval: '✋',
  alarm: '🚨',
  slip: '⏱',
  rollback: '⏪',
  waiting: '⏳',
  interrupted: '⚠',
  end: '⏹',
}

/** The three characters that mean something everywhere: `<!channel>` in what a service said must wake nobody. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Never in the middle of an escape. */
const cutEscaped = (text: string, max: number): string => cut(text, max).replace(/&[a-z]{0,3}…$/, '…')
