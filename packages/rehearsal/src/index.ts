export type Empty = never
