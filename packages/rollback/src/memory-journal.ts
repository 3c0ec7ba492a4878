import { CutoverError, knownOptions } from '@cutover/core'

import { inPresentFormat } from './journal-format.ts'
import type { Journal, JournalEntry, OpenJournal, OpenOptions } from './journal.ts'
import type { OperatorRequest } from './operator-request.ts'

export interface MemoryJournal extends Journal {
  readonly entries: readonly JournalEntry[]
  /** The holder is known to be dead: a successor need not wait out its lease. */
  holderDied(): void
}

export interface MemoryJournalOptions {
  /** A fake world, whose faults then hit every record as they hit every write. */
  readonly world?:
    | { call<T>(operation: string, options: { readonly write?: boolean | undefined }, body: () => T): Promise<T> }
    | undefined
  /** Takes requests of operators, which a run then looks for every second. @default false */
  readonly operators?: boolean | undefined
  /** @default 30_000 */
  readonly leaseMs?: number | undefined
}

const next = 'Let the other runner go on; if there is none, run it again.'

/** A journal that lives as long as the process: for tests and rehearsals. It keeps what it is given, frozen. */
export function memoryJournal(options: MemoryJournalOptions = {}): MemoryJournal {
  knownOptions(options, ['world', 'leaseMs', 'operators'], 'CUTOVER_OPTIONS_INVALID', 'memoryJournal')
  const { world, leaseMs = 30_000, operators = false } = options
  const call: NonNullable<typeof world>['call'] = world
    ? world.call.bind(world)
    : async (_operation, _options, body) => body()
  const entries: JournalEntry[] = []
  const requests: OperatorRequest[] = []
  let fence = 0
  let heldUntil = Number.NEGATIVE_INFINITY

  return {
    location: 'memory',
    entries,
    read: async () => inPresentFormat(entries, 'memory'),
    ...(operators && {
      requests: {
        send: async (request: OperatorRequest) => void requests.push(request),
        since: async (place: number) => requests.slice(place),
      },
    }),
    holderDied() {
      heldUntil = Number.NEGATIVE_INFINITY
    },
    async open({ clock, signal, onWaiting }: OpenOptions): Promise<OpenJournal> {
      inPresentFormat(entries, 'memory')
      const until = heldUntil
      const left = until - clock.monotonic()
      if (left > 0) {
        onWaiting?.('another runner', clock.now() + left)
        // In whole milliseconds, as a timer counts them.
        await clock.sleep(Math.ceil(left), { signal })
        if (heldUntil > until) {
          throw new CutoverError('CUTOVER_JOURNAL_IN_USE', 'REFUSED: another run holds this journal, and is alive', {
            retryable: true,
          })
        }
      }
      const mine = ++fence
      let freshAt = clock.monotonic()
      heldUntil = freshAt + leaseMs
      let isLost = false
      const guard = (): void => {
        isLost ||= mine !== fence
        if (isLost)
          throw new CutoverError('CUTOVER_FENCED', 'another runner has taken over; this one writes nothing any more', {
            next,
          })
      }
      const refresh = (at: number): void => {
        freshAt = at
        heldUntil = at + leaseMs
      }
      return {
        fence: mine,
        entries: inPresentFormat(entries, 'memory'),
        get isFresh() {
          return clock.monotonic() - freshAt <= leaseMs / 3
        },
        hold() {
          // Knows no more than a journal on another machine: that it was overtaken, it hears when it next writes or renews.
          if (isLost) guard()
          if (clock.monotonic() - freshAt <= leaseMs) return
          throw new CutoverError(
            'CUTOVER_FENCED',
            `no sign of life for ${leaseMs} ms: another runner may have taken over`,
            { next },
          )
        },
        async renew() {
          const at = clock.monotonic()
          await call('journal.renew', {}, () => {
            guard()
            refresh(at)
          })
        },
        append(entry) {
          const at = clock.monotonic()
          return call(`journal.append ${entry.t}${'step' in entry ? ` ${entry.step}` : ''}`, { write: true }, () => {
            guard()
            if (entry.seq !== entries.length) {
              throw new CutoverError(
                'CUTOVER_JOURNAL_FAILED',
                `record ${entry.seq} does not follow ${entries.length - 1}`,
                { next },
              )
            }
            entries.push(entry)
            refresh(at)
          })
        },
        async close() {
          if (mine === fence) heldUntil = Number.NEGATIVE_INFINITY
        },
      }
    },
  }
}
