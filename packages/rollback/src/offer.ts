import type { Answer } from './journal.ts'

const meanings: Readonly<Record<Answer, string>> = {
  again: 'look, or try, once more',
  happened: 'it happened: go on',
  'did-not': 'it did not happen: send it again',
  'take-theirs': 'take what is there now for the state to go back to, and go on',
  pass: 'count it as passed, and go on',
  accept: 'accept that it is so, and go on',
  'done-by-hand': 'it was undone by hand: go on going back',
  leave: 'leave it as it is, as residue, and go on going back',
  'roll-back': 'go back',
}

/** An answer that a question accepts, and what it means. */
export const offer = (answer: Answer): { readonly answer: Answer; readonly means: string } => ({
  answer,
  means: meanings[answer],
})
