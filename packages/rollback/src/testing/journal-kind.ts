import type { Journal } from '../journal.ts'

/** A kind of journal, and what it can suffer. What it cannot suffer is left out, and there are no cases for it. */
export interface JournalKind<Place extends AsyncDisposable = AsyncDisposable> {
  /** Where one journal can be, of which nothing is written yet: one for each case, which ends with it. */
  place(): Promise<Place>
  /** The journal of that place, made as each process makes it. */
  journal(place: Place, options?: { readonly leaseMs?: number | undefined }): Journal
  /**
   * Lets the present lease look as if that holder had taken it: one of this machine that is dead; or one of whom this machine cannot
   * tell, whose lease ends in that many milliseconds. The holder itself does not notice.
   */
  holder(place: Place, holder: { readonly is: 'dead' | 'elsewhere'; readonly endsInMs: number }): Promise<void>
  /** Alters a record, from 0, where it lies, behind the journal's back. */
  alter?(place: Place, seq: number): Promise<void>
  /** Takes a record away, from 0, but leaves what follows. */
  remove?(place: Place, seq: number): Promise<void>
  /** Takes the last acknowledged records away; nobody holds the journal. */
  lose?(place: Place, count: number): Promise<void>
  /** Leaves what a crash leaves that interrupts the writing of one more record; nobody holds the journal. */
  tear?(place: Place): Promise<void>
  /** Until it is disposed, nothing more fits where it is kept: not a record of 64 kB. */
  full?(place: Place): Promise<AsyncDisposable>
  /** Cuts the connection once, within the next append: before the request has arrived, or before its answer has. */
  cut?(place: Place, when: 'request' | 'answer'): Promise<void>
}
