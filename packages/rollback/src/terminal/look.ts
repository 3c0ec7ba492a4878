import type { Glyphs } from './glyphs.ts'

/** What all lines of a screen have in common. */
export interface Look {
  readonly now: number
  readonly width: number
  readonly glyphs: Glyphs
  readonly journal: string
}
