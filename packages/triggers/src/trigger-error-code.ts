/**
 * Every code of the verbs and of both adapters.
 *
 * - `TRIGGERS_OPTION_INVALID`: a bad option or an unknown trigger name, before anything is read or written.
 * - `TRIGGERS_NOT_FOUND`: there is no such function, mapping or queue.
 * - `TRIGGERS_AMBIGUOUS`: several mappings fit; name one by its UUID.
 * - `TRIGGERS_WOULD_LOSE`: switched in this order, work would be lost; nothing was written.
 * - `TRIGGERS_FOREIGN`: it is switched neither as found nor as intended; not overwritten.
 * - `TRIGGERS_CONFLICT`: it was switched otherwise when it was to be written; nothing was.
 * - `TRIGGERS_BUSY`: the service is still working on an earlier change of it; retryable, nothing was written.
 * - `TRIGGERS_REJECTED`: the service refuses the request; nothing was written.
 * - `TRIGGERS_NOT_AUTHORIZED`: a permission or valid credentials are missing; `next` names the permission.
 * - `TRIGGERS_UNAVAILABLE`: throttled, busy or no answer; retryable, and a write may have happened.
 */
export type TriggersErrorCode =
  | 'TRIGGERS_OPTION_INVALID'
  | 'TRIGGERS_NOT_FOUND'
  | 'TRIGGERS_AMBIGUOUS'
  | 'TRIGGERS_WOULD_LOSE'
  | 'TRIGGERS_FOREIGN'
  | 'TRIGGERS_CONFLICT'
  | 'TRIGGERS_BUSY'
  | 'TRIGGERS_REJECTED'
  | 'TRIGGERS_NOT_AUTHORIZED'
  | 'TRIGGERS_UNAVAILABLE'
