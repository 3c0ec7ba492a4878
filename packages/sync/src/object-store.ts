import type { CallOptions, WriteOptions } from './call-options.ts'
import type { StoreCommands } from './store-commands.ts'

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string
  /** What compare-and-swap needs: an etag. It changes whenever the bytes change. */
  readonly version: string
  readonly sizeBytes: number
  /** Epoch milliseconds, by the store's own clock. */
  readonly modifiedAt?: number | undefined
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[]
  /** For the next `list`; `undefined` at the end. */
  readonly cursor?: string | undefined
}

/** What HTTP says about the content, carried across unchanged. */
export interface ObjectHeaders {
  readonly contentType?: string | undefined
  readonly contentEncoding?: string | undefined
  readonly contentLanguage?: string | undefined
  readonly contentDisposition?: string | undefined
  readonly cacheControl?: string | undefined
}

export interface ObjectContent {
  readonly bytes: Uint8Array
  /** Names in lower case, as HTTP headers have them; values in printable ASCII. */
  readonly metadata: Readonly<Record<string, string>>
  readonly headers?: ObjectHeaders | undefined
}

export interface StoredObject extends ObjectContent {
  readonly version: string
}

export interface ReplaceOptions extends WriteOptions {
  /** The version to replace; `undefined` for *must not exist*. */
  readonly expected: string | undefined
}

/** The port: objects of one bucket, container, or a part of it. Adapters translate, and decide nothing. */
export interface ObjectStore {
  /** Unique and the same in every process: `s3:uploads`. */
  readonly id: string
  readonly supports: {
    /** False where `expected` is compared by a read just before the write. */
    readonly compareAndSwap: boolean
    /** Are listings in the order of UTF-8 bytes? Else a listing is read into memory, and sorted, before it is compared. */
    readonly sortedListing: boolean
  }
  /** How long an unanswered request may still take effect, in milliseconds. */
  readonly lateMs: number
  /** IAM actions or Azure operations that reading and writing it need. */
  readonly permissions?: readonly string[] | undefined
  /** What a person types; absent where there is nothing to type. */
  readonly byHand?: StoreCommands | undefined
  /** One page of all objects, sorted by key if `supports.sortedListing`. */
  list(options?: CallOptions & { readonly cursor?: string | undefined }): Promise<ObjectPage>
  get(key: string, options?: CallOptions): Promise<StoredObject | undefined>
  /** The version of an object without its content. */
  version(key: string, options?: CallOptions): Promise<string | undefined>
  /**
   * Puts an object in the place of exactly `expected`, and answers its version.
   *
   * @throws CutoverError `SYNC_CONFLICT` when something else is there; `SYNC_OBJECT_REJECTED` when it cannot be kept as it is.
   */
  put(key: string, content: ObjectContent, options: ReplaceOptions): Promise<string>
  /**
   * Removes exactly `expected`; harmless when nothing is there.
   *
   * @throws CutoverError `SYNC_CONFLICT` when something else is there.
   */
  remove(key: string, options: WriteOptions & { readonly expected: string }): Promise<void>
}
