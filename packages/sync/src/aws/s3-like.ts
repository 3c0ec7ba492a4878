/** Headers as S3 has them. */
export interface S3Headers {
  ContentType?: string | undefined
  ContentEncoding?: string | undefined
  ContentLanguage?: string | undefined
  ContentDisposition?: string | undefined
  CacheControl?: string | undefined
}

interface Options {
  abortSignal?: AbortSignal
}

/** The five calls that this adapter makes. `new S3(...)` of `@aws-sdk/client-s3` fits as it is. */
export interface S3Like {
  listObjectsV2(
    input: { Bucket: string; Prefix?: string; ContinuationToken?: string; MaxKeys?: number },
    options?: Options,
  ): Promise<{
    readonly Contents?:
      | readonly {
          readonly Key?: string | undefined
          readonly ETag?: string | undefined
          readonly Size?: number | undefined
          readonly LastModified?: Date | undefined
        }[]
      | undefined
    readonly IsTruncated?: boolean | undefined
    readonly NextContinuationToken?: string | undefined
  }>
  getObject(
    input: { Bucket: string; Key: string },
    options?: Options,
  ): Promise<
    Readonly<S3Headers> & {
      readonly Body?: { transformToByteArray(): Promise<Uint8Array> } | undefined
      readonly ETag?: string | undefined
      readonly Metadata?: Readonly<Record<string, string>> | undefined
    }
  >
  headObject(input: { Bucket: string; Key: string }, options?: Options): Promise<{ readonly ETag?: string | undefined }>
  putObject(
    input: S3Headers & {
      Bucket: string
      Key: string
      Body: Uint8Array
      ContentMD5: string
      Metadata: Record<string, string>
      IfMatch?: string
      IfNoneMatch?: string
    },
    options?: Options,
  ): Promise<{ readonly ETag?: string | undefined }>
  deleteObject(input: { Bucket: string; Key: string; IfMatch?: string }, options?: Options): Promise<unknown>
}

/** Says in the compiler's message what to pass instead of an `S3Client`. */
export type AggregatedS3<Client> = Client extends S3Like
  ? Client
  : Client extends { send: unknown }
    ? 'Pass new S3(...): an S3Client has only send()'
    : S3Like
