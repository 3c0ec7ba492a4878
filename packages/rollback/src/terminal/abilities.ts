import type { WritableLike } from './writable-like.ts'

/** What a stream can show. */
export interface Abilities {
  /** It can be drawn over: else one line is written per event. */
  readonly live: boolean
  readonly color: boolean
  readonly unicode: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** `NO_COLOR` counts when it is not empty (no-color.org); a `dumb` terminal can neither move its cursor nor show more than ASCII. */
export function abilitiesOf(stream: Pick<WritableLike, 'isTTY'>, environment: Environment): Abilities {
  const { TERM: term, NO_COLOR: noColor } = environment
  const live = stream.isTTY === true && term !== 'dumb'
  return { live, color: live && (noColor === undefined || noColor === ''), unicode: isUnicode(environment) }
}

/** Without any locale, as in most containers, the terminal at the other end is a UTF-8 one all the same. */
function isUnicode({ TERM: term, LC_ALL: all, LC_CTYPE: ctype, LANG: lang }: Environment): boolean {
  if (term === 'dumb' || term === 'linux') return false
  const locale = all || ctype || lang
  return locale === undefined || locale === '' || /utf-?8/i.test(locale)
}
