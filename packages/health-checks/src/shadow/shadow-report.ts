import { FairCoin, RareExcess } from './fair-coin.ts'
import { differences, type Fields } from './fields.ts'

/** JSON. */
export interface FieldReport {
  /** `items[].price`; `(error)` where one side failed. */
  readonly path: string
  /** Requests in which the target's answer differs from the source's. */
  readonly byTarget: number
  /** Requests in which the source's second answer differs from its first. */
  readonly bySource: number
  readonly e: number
  /** From here on of `e` it differs: 1 over the field's share of α. */
  readonly needed: number
  readonly differs: boolean
}

/** JSON. */
export interface ShadowReport {
  readonly asked: number
  readonly compared: number
  /** Not compared: not a read, too many under way, not in the sample, the source failed. */
  readonly skipped: { readonly writes: number; readonly busy: number; readonly sample: number; readonly failed: number }
  readonly alpha: number
  readonly beta: number
  readonly maxShare: number
  /** Against "at least `maxShare` of the requests differ beyond noise"; 1/β of it is `same`. */
  readonly eSame: number
  readonly verdict: 'same' | 'differs' | 'undecided'
  /** Those that ever differed, most evidence first. */
  readonly fields: readonly FieldReport[]
}

interface Field {
  readonly coin: FairCoin
  readonly needed: number
  byTarget: number
  bySource: number
  peak: number
}

const mostFields = 2_000

const hasMore = (paths: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  [...paths].some((path) => !others.has(path))

/** What two answers of the source and one of the target say about every field. */
export class ShadowTally {
  readonly #alpha: number
  readonly #ignored: ReadonlySet<string>
  readonly #fields = new Map<string, Field>()
  readonly #rare: RareExcess
  #same = 0
  compared = 0

  constructor({ alpha, maxShare, ignore }: { alpha: number; maxShare: number; ignore: readonly string[] }) {
    this.#alpha = alpha
    this.#ignored = new Set(ignore)
    this.#rare = new RareExcess(maxShare)
  }

  add(first: Fields, second: Fields, target: Fields): void {
    this.compared += 1
    for (const path of first.keys()) this.#field(path)
    const [own, other] = [this.#judged(differences(first, second)), this.#judged(differences(first, target))]
    for (const path of new Set([...own, ...other])) {
      const field = this.#field(path)
      if (!field) continue
      const [bySource, byTarget] = [own.has(path), other.has(path)]
      if (bySource) field.bySource += 1
      if (byTarget) field.byTarget += 1
      if (bySource !== byTarget) field.coin.add(byTarget)
      field.peak = Math.max(field.peak, field.coin.logE)
    }
    // A field that always differs, such as a request id, hides nothing in the others.
    const [onlyTarget, onlySource] = [hasMore(other, own), hasMore(own, other)]
    this.#rare.add(onlyTarget === onlySource ? 0 : onlyTarget ? 1 : -1)
    this.#same = Math.max(this.#same, this.#rare.logE)
  }

  get logSame(): number {
    return this.#same
  }

  get fields(): readonly FieldReport[] {
    return [...this.#fields]
      .filter(([, { byTarget, bySource }]) => byTarget + bySource > 0)
      .map(([path, { byTarget, bySource, needed, peak }]) => ({
        path,
        byTarget,
        bySource,
        e: Math.exp(Math.min(700, peak)),
        needed,
        differs: Math.exp(Math.min(700, peak)) >= needed,
      }))
      .toSorted((a, b) => b.e / b.needed - a.e / a.needed)
  }

  #judged(paths: ReadonlySet<string>): ReadonlySet<string> {
    return this.#ignored.size === 0 ? paths : new Set([...paths].filter((path) => !this.#ignored.has(path)))
  }

  /** The k-th field that is seen has 6/(π²k²) of α, so all that will ever come have no more than α. */
  #field(path: string): Field | undefined {
    const known = this.#fields.get(path)
    if (known || this.#ignored.has(path) || this.#fields.size >= mostFields) return known
    const k = this.#fields.size + 1
    const needed = (Math.PI ** 2 * k ** 2) / (6 * this.#alpha)
    const field: Field = { coin: new FairCoin(), needed, byTarget: 0, bySource: 0, peak: 0 }
    this.#fields.set(path, field)
    return field
  }
}
