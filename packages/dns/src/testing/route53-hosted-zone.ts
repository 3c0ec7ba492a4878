import { canonicalName, escapedName } from '../route53/domain-name.ts'
import { invalidBatch, serviceError } from './route53-errors.ts'
import {
  type AnyChange,
  type AnyRecordSet,
  checkLimits,
  checkNeighbours,
  checkShape,
  checkValues,
  keyOf,
} from './route53-rules.ts'

const longestPage = 300

export interface Protection {
  readonly RecordName: string
  readonly RecordType: string
  readonly Comment?: string | undefined
}

/** One hosted zone as the service keeps it: what a batch may do to it, and what a listing says. */
export class Route53HostedZone {
  readonly name: string
  /** `api.example.com/CNAME`, and the protection's comment. */
  readonly protections: Map<string, string> = new Map()
  #sets: Map<string, AnyRecordSet>

  constructor(name: string, sets: readonly AnyRecordSet[]) {
    this.name = canonicalName(name)
    const server = { Value: 'ns-2048.awsdns-64.com.' }
    const soa = { Value: 'ns-2048.awsdns-64.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400' }
    const own: readonly AnyRecordSet[] = [
      { Name: this.name, Type: 'NS', TTL: 172_800, ResourceRecords: [server] },
      { Name: this.name, Type: 'SOA', TTL: 900, ResourceRecords: [soa] },
    ]
    this.#sets = new Map(own.map((set) => [keyOf(set), stored(set)]))
    for (const set of sets) this.change([{ Action: 'CREATE', ResourceRecordSet: set }])
  }

  /** All record sets as they are listed, in the zone's order: labels reversed, then type, then set identifier. */
  list(): readonly AnyRecordSet[] {
    return [...this.#sets.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  }

  page(
    start: { name?: string | undefined; type?: string | undefined; id?: string | undefined },
    maxItems: number = longestPage,
  ): { readonly sets: readonly AnyRecordSet[]; readonly next: AnyRecordSet | undefined } {
    if ((start.type !== undefined && start.name === undefined) || (start.id !== undefined && start.type === undefined))
      throw serviceError('InvalidInput', 'The input is not valid')
    const { name: Name = '', type: Type = '', id: SetIdentifier = '' } = start
    const from = start.name === undefined ? '' : placeOf({ Name, Type, SetIdentifier })
    const listed = this.list().filter((set) => placeOf(set) >= from)
    const size = Math.min(maxItems, longestPage)
    return structuredClone({ sets: listed.slice(0, size), next: listed[size] })
  }

  protect(entries: readonly Protection[]): void {
    const there = entries.filter((entry) => this.protections.has(protectionKey(entry)))
    if (there.length === entries.length) throw protectionError('ProtectionAlreadyExists', 'already exists', there)
    if (there.length > 0) throw protectionError('InvalidResourceRecordSetProtectionBatch', 'already exists', there)
    for (const entry of entries) this.protections.set(protectionKey(entry), entry.Comment ?? '')
  }

  unprotect(entries: readonly Protection[]): void {
    const gone = entries.filter((entry) => !this.protections.has(protectionKey(entry)))
    if (gone.length > 0) throw protectionError('InvalidResourceRecordSetProtectionBatch', 'does not exist', gone)
    for (const entry of entries) this.protections.delete(protectionKey(entry))
  }

  /** In the zone's order, from a name and type on. */
  protected(start: { name: string; type: string }, most: number): readonly Protection[] {
    const all = [...this.protections].map(([key, Comment]) => {
      const slash = key.lastIndexOf('/')
      return { RecordName: key.slice(0, slash), RecordType: key.slice(slash + 1), Comment }
    })
    const place = ({ RecordName: Name, RecordType: Type }: Protection): string => placeOf({ Name, Type })
    const from = placeOf({ Name: start.name, Type: start.type })
    return all
      .filter((entry) => place(entry) >= from)
      .sort((a, b) => (place(a) < place(b) ? -1 : 1))
      .slice(0, most)
      .map((entry) => ({ ...entry, RecordName: `${entry.RecordName}.` }))
  }

  /** All changes in their order, or none. */
  change(changes: readonly AnyChange[]): void {
    checkLimits(changes)
    const sets = new Map(this.#sets)
    for (const change of changes) this.#apply(sets, change)
    this.#sets = sets
  }

  #apply(sets: Map<string, AnyRecordSet>, { Action: action, ResourceRecordSet: set }: AnyChange): void {
    const name = canonicalName(set.Name)
    if (name !== this.name && !name.endsWith(`.${this.name}`)) {
      throw invalidBatch(`RRSet with DNS name ${name}. is not permitted in zone ${this.name}.`)
    }
    const label = `[name='${name}.', type='${set.Type}']`
    const comment = this.protections.get(`${name}/${set.Type}`)
    if (comment !== undefined) throw invalidBatch(`The resource record set ${label} is protected: ${comment}`)
    checkShape(action, set)
    const present = sets.get(keyOf(set))
    if (action === 'DELETE') {
      if (!present) throw invalidBatch(`Tried to delete resource record set ${label} but it was not found`)
      if (contentOf(present) !== contentOf(set)) {
        throw invalidBatch(
          `Tried to delete resource record set ${label} but the values provided do not match the current values`,
        )
      }
      sets.delete(keyOf(set))
      return
    }
    if (present && action === 'CREATE') {
      throw invalidBatch(`Tried to create resource record set ${label} but it already exists`)
    }
    checkValues(set)
    checkNeighbours(this.name, set, [...sets.values()])
    sets.set(keyOf(set), stored(set))
  }
}

/** What a `DELETE` must repeat; the order of values does not count, nor does a last dot of a name. */
function contentOf(set: AnyRecordSet): string {
  const values = (set.ResourceRecords ?? []).map(({ Value }) => (set.Type === 'CNAME' ? canonicalName(Value) : Value))
  const { Name: _name, ResourceRecords: _values, AliasTarget: alias, ...others } = set
  const target = alias && { ...alias, DNSName: canonicalName(alias.DNSName) }
  return JSON.stringify([
    values.sort(),
    target,
    Object.entries(others)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ])
}

/** Names are kept in lower case, with a last dot; characters but `a-z 0-9 - _` as octal escapes. Values are kept as given. */
function stored(set: AnyRecordSet): AnyRecordSet {
  const escaped = escapedName(canonicalName(set.Name)).replace(
    /[^a-z0-9_.\\-]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return structuredClone({ ...set, Name: `${escaped}.` })
}

const protectionKey = ({ RecordName: name, RecordType: type }: Protection): string => `${canonicalName(name)}/${type}`

function protectionError(name: string, what: string, entries: readonly Protection[]): Error {
  return serviceError(name, `A protection ${what} for ${entries.map(protectionKey).join(', ')}`)
}

function placeOf({ Name: name, Type: type, SetIdentifier: id = '' }: AnyRecordSet): string {
  return `${canonicalName(name).split('.').toReversed().join('.')}. ${type} ${id}`
}
