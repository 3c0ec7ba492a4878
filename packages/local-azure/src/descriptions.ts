import type { Answer, ArmRequest, Operation } from './provider.ts'

/** One request as it went over the wire, for a validator of API descriptions. */
export interface Exchange {
  readonly operation: string
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * Official API descriptions that requests and answers are held to. Bring a validator of your own; the package has none. What it
 * says must not repeat values: those of settings are secret.
 */
export interface Descriptions {
  /** What they have against the request: nothing against one whose operation they do not know. */
  request(exchange: Exchange): Promise<readonly string[]>
  /** What they have against the answer. */
  answer(
    exchange: Exchange,
    answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown },
  ): Promise<readonly string[]>
}

/** What the official descriptions had against the caller, or against this server. */
export interface Complaint {
  readonly operation: string
  readonly about: 'request' | 'answer'
  readonly text: string
}

/** Holds a provider to the descriptions: a bad request is refused before it is handled, a bad answer becomes a 500. */
export class Held {
  readonly complaints: Complaint[] = []
  readonly #descriptions: Descriptions | undefined

  constructor(descriptions: Descriptions | undefined) {
    this.#descriptions = descriptions
  }

  /** What is wrong with the request. */
  async request(operation: Operation, request: ArmRequest): Promise<string | undefined> {
    if (!this.#descriptions) return undefined
    return this.#noted(operation, 'request', await this.#descriptions.request(exchangeOf(operation, request)))
  }

  /** What is wrong with the answer. */
  async answer(operation: Operation, request: ArmRequest, answer: Answer): Promise<string | undefined> {
    if (!this.#descriptions) return undefined
    const { status, headers = {}, body } = answer
    const said = await this.#descriptions.answer(exchangeOf(operation, request), { status, headers, body })
    return this.#noted(operation, 'answer', said)
  }

  #noted({ id }: Operation, about: Complaint['about'], said: readonly string[]): string | undefined {
    for (const text of said) this.complaints.push({ operation: id, about, text })
    return said.length === 0 ? undefined : `The official description of ${id} says: ${said.join('; ')}`
  }
}

function exchangeOf({ id }: Operation, { method, path, query, headers, body }: ArmRequest): Exchange {
  return { operation: id, method, url: `${path}?${query.toString()}`, headers, body }
}
