import { CutoverError } from '@cutover/core'

/** The part of `fetch` that is used. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: 'POST'
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly redirect: 'manual'
    readonly signal: AbortSignal
  },
) => Promise<{ readonly status: number; text(): Promise<string> }>

export interface WebhookOptions {
  /** A secret: whoever knows it can post there. It is in no message, journal, event or error. */
  readonly url: string
  /** Unique in a cutover; the journal remembers by it who has been told. @default the kind: `'webhook'`, `'teams'`, `'slack'` */
  readonly name?: string | undefined
  /** @default the global `fetch` */
  readonly fetch?: FetchLike | undefined
}

/** The URL, checked, and kept where no `JSON.stringify`, log or error finds it. */
export function poster(
  { url, fetch = globalThis.fetch }: WebhookOptions,
  name: string,
): (body: unknown, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<string> {
  if (!isHttp(url))
    throw invalid(`the url of ${name} is not one; wanted https://… (it is not shown, since it is a secret)`)
  return async (body, headers, signal) => {
    const { status, text } = await sent(name, signal, () =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        // Where it leads to is not who was meant.
        redirect: 'manual',
        signal,
      }).then(async (reply) => ({ status: reply.status, text: await reply.text() })),
    )
    if (status >= 200 && status < 300) return text
    throw new CutoverError('CUTOVER_NOTIFIER_REFUSED', `${name} answered HTTP ${status}`, {
      retryable: status === 408 || status === 429 || status >= 500,
      next:
        status < 500
          ? `Look whether the webhook of ${name} is still there, and takes this kind of message.`
          : undefined,
    })
  }
}

/** What `fetch` throws may carry the URL, or a cause that does: only its code is told. */
async function sent<T>(name: string, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const { code } = ((error as Error).cause ?? error) as { code?: unknown }
    const why = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'the connection failed'
    throw new CutoverError('CUTOVER_NOTIFIER_UNREACHABLE', `${name} could not be reached: ${why}`, { retryable: true })
  }
}

function isHttp(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

export const invalid = (text: string): CutoverError => new CutoverError('CUTOVER_OPTIONS_INVALID', text)
