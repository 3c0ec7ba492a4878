/**
 * Every code of the verbs and of the port. `/route53` adds `DNS_ZONE_NOT_FOUND`, no hosted zone has that id, and
 * `DNS_CHANGE_UNKNOWN`, it knows no change with the receipt's id (`Route53ErrorCode`).
 *
 * - `DNS_NAME_INVALID`, `DNS_TTL_INVALID`, `DNS_RECORD_INVALID`, `DNS_OPTION_INVALID`: bad input, also an option that there is not, before anything is read or written.
 * - `DNS_RECORD_NOT_FOUND`: there is no such record, and the verb makes none.
 * - `DNS_RECORD_FOREIGN`: the record is neither as found nor as intended, and is not overwritten.
 * - `DNS_NOT_SAFE_YET`: too early; retryable.
 * - `DNS_RTO_UNREACHABLE`: going back would take longer than allowed.
 * - `DNS_CONFLICT`: the authority had something else when it was written; nothing was.
 * - `DNS_CHANGE_REJECTED`: the authority refuses the record; nothing was written.
 * - `DNS_RECORD_UNSUPPORTED`: the verb does not edit such a record (an alias, a weighted set): `next` names the one that does.
 * - `DNS_RECORD_LOCKED`: a lock at the authority forbids every change of it; nothing was written.
 * - `DNS_BATCH_TOO_LARGE`: more than one request can carry; nothing was sent.
 * - `DNS_CHANGE_RISKY`: edits among many that want to be accepted by name: of delegations, at the zone's own name, of live TTLs.
 * - `DNS_WILDCARD_SHADOWED`: a new record would take a wildcard's answers away from a name.
 * - `DNS_NOT_AUTHORIZED`: a permission, a key or valid credentials are missing.
 * - `DNS_UNAVAILABLE`: throttled, busy or no answer; retryable, and a write may have happened.
 */
export type DnsErrorCode =
  | 'DNS_NAME_INVALID'
  | 'DNS_TTL_INVALID'
  | 'DNS_RECORD_INVALID'
  | 'DNS_OPTION_INVALID'
  | 'DNS_RECORD_NOT_FOUND'
  | 'DNS_RECORD_FOREIGN'
  | 'DNS_NOT_SAFE_YET'
  | 'DNS_RTO_UNREACHABLE'
  | 'DNS_CONFLICT'
  | 'DNS_CHANGE_REJECTED'
  | 'DNS_RECORD_UNSUPPORTED'
  | 'DNS_RECORD_LOCKED'
  | 'DNS_BATCH_TOO_LARGE'
  | 'DNS_CHANGE_RISKY'
  | 'DNS_WILDCARD_SHADOWED'
  | 'DNS_NOT_AUTHORIZED'
  | 'DNS_UNAVAILABLE'
