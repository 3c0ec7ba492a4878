export type { StorageQueueLike } from './storage-queue-like.ts'
export { storagePoisonQueue, type StoragePoisonQueueOptions } from './storage-poison-queue.ts'
