import type { CallOptions, WriteOptions } from './call-options.ts'
import type { Link } from './link.ts'
import type { Side } from './origin.ts'

/** That a link is followed, and which side has the truth: in its ledger, so that every process can see it. */
export interface LinkMark {
  readonly from: string
  readonly to: string
  readonly authority: Side
}

const key = ({ id }: Link): string => `link:${id}`

export async function readMark(link: Link, options?: CallOptions): Promise<LinkMark | undefined> {
  return (await link.ledger.get('marks', key(link), options)) as LinkMark | undefined
}

/** Replaces the mark, if it is as expected. */
export function writeMark(
  link: Link,
  expected: LinkMark | undefined,
  value: LinkMark | undefined,
  options: WriteOptions,
): Promise<void> {
  return link.ledger.write([{ scope: 'marks', key: key(link), value, expected: { value: expected } }], options)
}

export const markOf = (link: Link, authority: Side): LinkMark => ({ from: link.from.id, to: link.to.id, authority })

/** Is it a mark of these two stores? Another link may have taken the same name. */
export const isOurs = (link: Link, mark: LinkMark): boolean => mark.from === link.from.id && mark.to === link.to.id
