/** What fakes and simulated clients tell the world, so that a rehearsal can judge without knowing them. */
export type Observation =
  /** A client was told that its write is accepted: it may not be lost. */
  | { readonly kind: 'accepted'; readonly what: string; readonly by: string }
  /** A side processed it. */
  | { readonly kind: 'handled'; readonly what: string; readonly by: string }
  /** A side began or ended to listen to a source of work. */
  | { readonly kind: 'listening'; readonly source: string; readonly side: string; readonly on: boolean }
  /** A client asked a name: which server answered, `undefined` for none. */
  | {
      readonly kind: 'answered'
      readonly name: string
      readonly client: string
      readonly by: string | undefined
      readonly why?: string | undefined
    }

export type Observed = Observation & { readonly at: number }
