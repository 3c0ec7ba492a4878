export interface BlobHeaders {
  blobContentType?: string
  blobContentEncoding?: string
  blobContentLanguage?: string
  blobContentDisposition?: string
  blobCacheControl?: string
}

interface Conditions {
  ifMatch?: string
  ifNoneMatch?: string
}

/** The four calls on a blob that this adapter makes. */
export interface BlockBlobClientLike {
  download(
    offset?: number,
    count?: number,
    options?: { abortSignal?: AbortSignal },
  ): Promise<{
    readonly readableStreamBody?: AsyncIterable<unknown> | undefined
    readonly etag?: string | undefined
    readonly metadata?: Readonly<Record<string, string>> | undefined
    readonly contentType?: string | undefined
    readonly contentEncoding?: string | undefined
    readonly contentLanguage?: string | undefined
    readonly contentDisposition?: string | undefined
    readonly cacheControl?: string | undefined
  }>
  getProperties(options?: { abortSignal?: AbortSignal }): Promise<{ readonly etag?: string | undefined }>
  upload(
    body: Uint8Array,
    contentLength: number,
    options?: {
      abortSignal?: AbortSignal
      conditions?: Conditions
      metadata?: Record<string, string>
      blobHTTPHeaders?: BlobHeaders
      transactionalContentMD5?: Uint8Array
    },
  ): Promise<{ readonly etag?: string | undefined }>
  delete(options?: {
    abortSignal?: AbortSignal
    conditions?: Conditions
    deleteSnapshots?: 'include'
  }): Promise<unknown>
}

/** What this adapter asks of a container. A `ContainerClient` of `@azure/storage-blob` fits as it is. */
export interface ContainerClientLike {
  readonly accountName: string
  readonly containerName: string
  listBlobsFlat(options?: { prefix?: string; abortSignal?: AbortSignal }): {
    byPage(settings?: { continuationToken?: string; maxPageSize?: number }): AsyncIterable<{
      readonly continuationToken?: string | undefined
      readonly segment: {
        readonly blobItems: readonly {
          readonly name: string
          readonly properties: {
            readonly etag: string
            readonly contentLength?: number | undefined
            readonly lastModified: Date
          }
        }[]
      }
    }>
  }
  getBlockBlobClient(blobName: string): BlockBlobClientLike
}
