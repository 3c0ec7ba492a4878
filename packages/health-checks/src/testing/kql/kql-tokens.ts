import { restError } from '../metric-service-errors.ts'

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'datetime' | 'timespan' | 'mark'
  readonly text: string
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /^\s+/],
  ['datetime', /^datetime\(([^)]*)\)/],
  ['text', /^"(?:[^"\\]|\\.)*"/],
  ['timespan', /^\d+[smhd](?!\w)/],
  ['number', /^-?\d+(?:\.\d+)?/],
  ['name', /^[A-Za-z_]\w*/],
  ['mark', /^(?:==|!=|>=|<=|[|=<>(),])/],
]

export function tokensOf(query: string): Token[] {
  const tokens: Token[] = []
  let rest = query
  while (rest !== '') {
    const found = patterns.find(([, pattern]) => pattern.test(rest))
    if (!found) throw unreadable(rest)
    const [kind, pattern] = found
    const [whole = '', inner] = pattern.exec(rest) ?? []
    if (kind !== 'space') tokens.push({ kind, text: kind === 'datetime' ? (inner ?? '') : whole })
    rest = rest.slice(whole.length)
  }
  return tokens
}

/** One stage of a query, read from left to right. */
export class Tokens {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  next(kind?: Token['kind']): Token {
    const token = this.peek
    if (!token || (kind !== undefined && token.kind !== kind)) throw unreadable(token?.text ?? 'the end')
    this.#at += 1
    return token
  }

  name(): string {
    return this.next('name').text
  }

  /** Takes it if it is there. */
  is(text: string): boolean {
    const here = this.peek?.text === text && this.peek.kind !== 'text'
    if (here) this.#at += 1
    return here
  }

  take(text: string): void {
    if (!this.is(text)) throw unreadable(this.peek?.text ?? 'the end')
  }

  end(): void {
    if (this.peek) throw unreadable(this.peek.text)
  }
}

const unreadable = (near: string): Error =>
  restError('BadArgumentError', `Query could not be parsed at '${near.slice(0, 40)}'`, 400)
