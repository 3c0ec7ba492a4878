export { blobStore, type BlobStoreOptions } from './blob-store.ts'
export type { BlobHeaders, BlockBlobClientLike, ContainerClientLike } from './container-client-like.ts'
export type { QueueClientLike } from './queue-client-like.ts'
export { storageQueue, type StorageQueueOptions } from './storage-queue.ts'
