export { inMemoryLedger, type InMemoryLedger } from './in-memory-ledger.ts'
export { inMemoryQueue, type InMemoryQueue, type InMemoryQueueOptions } from './in-memory-queue.ts'
export { inMemoryStore, type InMemoryStore, type InMemoryStoreOptions } from './in-memory-store.ts'
