export { type Rfc2136ZoneOptions, rfc2136Zone } from './rfc2136-zone.ts'
export type { TsigAlgorithm, TsigKeyOptions } from './tsig-key.ts'
