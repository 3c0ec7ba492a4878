/**
 * What a plan found.
 *
 * - `record-not-found`, `record-kind`, `record-locked`: what is there cannot be repointed as it is.
 * - `types-cannot-mix`, `weights-unsupported`: what is wanted does not fit its type, or its set.
 * - `wildcard-shadowed`: only a wildcard answers the name, and a record at or below it would take that answer away.
 * - `sibling-stays`: another type at the name would keep clients on the former side.
 * - `foreign-controller`: another program says that it owns the record, and would put it back.
 * - `target-not-found`, `target-points-back`: the new name has no address, or leads back here.
 * - `endpoint-unreachable`, `certificate-invalid`, `certificate-expires`, `host-not-served`, `endpoint-failing`: what a client would meet there under the old name.
 * - `asuid-missing`: App Service has nothing to verify the name by.
 * - `caa-forbids`, `caa-restricts`: who may issue certificates for the name.
 * - `dnssec-broken`, `dnssec-signed`: the parent says that the zone is signed.
 * - `delegation-lame`, `delegation-elsewhere`: clients' resolvers are sent to servers that do not answer, or that answer something else.
 * - `negative-cache`: how long a gap would be remembered.
 * - `ttl-high`, `ttl-zero`, `ttl-unknown`, `too-early`, `rto-missed`: the time it takes.
 * - `not-looked`: what could not be looked at for one reason; `evidence.codes` says what it would have been found as.
 * - `not-compared`: the provider compares nothing before it writes.
 */
export type FindingCode =
  | 'record-not-found'
  | 'record-kind'
  | 'record-locked'
  | 'types-cannot-mix'
  | 'weights-unsupported'
  | 'wildcard-shadowed'
  | 'sibling-stays'
  | 'foreign-controller'
  | 'target-not-found'
  | 'target-points-back'
  | 'endpoint-unreachable'
  | 'certificate-invalid'
  | 'certificate-expires'
  | 'host-not-served'
  | 'endpoint-failing'
  | 'asuid-missing'
  | 'caa-forbids'
  | 'caa-restricts'
  | 'dnssec-broken'
  | 'dnssec-signed'
  | 'delegation-lame'
  | 'delegation-elsewhere'
  | 'negative-cache'
  | 'ttl-high'
  | 'ttl-zero'
  | 'ttl-unknown'
  | 'too-early'
  | 'rto-missed'
  | 'not-looked'
  | 'not-compared'

/** `'undecided'`: it could not be looked at, which is neither good nor bad. */
export type Severity = 'blocker' | 'warning' | 'note' | 'undecided'

export interface Finding {
  readonly severity: Severity
  readonly code: FindingCode
  /** One sentence that says what is so. */
  readonly text: string
  /** What the reader does about it; empty where there is nothing to do. */
  readonly fix: string
  /** JSON data that lets a reader judge it again. */
  readonly evidence?: unknown
  /** A blocker that the caller has accepted by its code: it does not count. */
  readonly accepted?: true | undefined
}

export const blocker = (code: FindingCode, text: string, fix: string, evidence?: unknown): Finding =>
  made('blocker', code, text, fix, evidence)

export const warning = (code: FindingCode, text: string, fix: string, evidence?: unknown): Finding =>
  made('warning', code, text, fix, evidence)

export const note = (code: FindingCode, text: string, fix = '', evidence?: unknown): Finding =>
  made('note', code, text, fix, evidence)

export const undecided = (code: FindingCode, text: string, fix: string): Finding => made('undecided', code, text, fix)

function made(severity: Severity, code: FindingCode, text: string, fix: string, evidence?: unknown): Finding {
  // As a journal keeps it: without what is undefined.
  return {
    severity,
    code,
    text,
    fix,
    ...(evidence !== undefined && { evidence: JSON.parse(JSON.stringify(evidence)) as unknown }),
  }
}

/** Why something could not be looked at. */
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
