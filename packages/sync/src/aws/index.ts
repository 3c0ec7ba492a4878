export type { AggregatedS3, S3Headers, S3Like } from './s3-like.ts'
export { s3Store, type S3StoreOptions } from './s3-store.ts'
export type { AggregatedSqs, SqsAttribute, SqsLike } from './sqs-like.ts'
export { sqsQueue, type SqsQueueOptions } from './sqs-queue.ts'
