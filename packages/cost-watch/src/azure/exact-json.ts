/** A number as it was written, so that no digit of an amount of money is lost on the way. */
class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }

  toJSON(): number {
    return Number(this.text)
  }
}

/** A text, a number or a truth value as text; `''` for everything else, which is no name and no amount. */
export function textOf(value: unknown): string {
  if (value instanceof ExactNumber) return value.text
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** Parses JSON; each number becomes an `ExactNumber`. @throws SyntaxError */
export function exactJson(text: string): unknown {
  return JSON.parse(text, exactly) as unknown
}

/** The third argument has the source text since V8 11.4, which Node has had since 21. */
function exactly(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new ExactNumber(context?.source ?? String(value)) : value
}
