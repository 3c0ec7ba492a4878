export type { SqsLike } from './sqs-like.ts'
export { sqsPoisonQueue, type SqsPoisonQueueOptions } from './sqs-poison-queue.ts'
