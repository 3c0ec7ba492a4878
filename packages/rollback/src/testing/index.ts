export { journalConformance } from './journal-conformance.ts'
export type { JournalKind } from './journal-kind.ts'
export { missingPostgres, type PostgresServer, postgresServer } from './postgres-server.ts'
