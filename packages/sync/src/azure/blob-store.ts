import { CutoverError } from '@cutover/core'

import { md5 } from '../digest.ts'
import type { ListedObject, ObjectHeaders, ObjectStore } from '../object-store.ts'
import { shellWord } from '../store-commands.ts'
import { azureError, isNoBlob } from './azure-error.ts'
import type { BlobHeaders, BlockBlobClientLike, ContainerClientLike } from './container-client-like.ts'
import { blobMetadataName, metadataName } from './metadata-name.ts'

export interface BlobStoreOptions {
  readonly container: ContainerClientLike
  /** Only blobs whose names begin so. @default '' */
  readonly prefix?: string | undefined
  /** Are listings in the order of UTF-8 bytes? `false` for names that the service sorts otherwise. @default true */
  readonly sortedListing?: boolean | undefined
  /** @default 60_000 */
  readonly lateMs?: number | undefined
}

const reader = 'the role Storage Blob Data Reader'
const contributor = 'the role Storage Blob Data Contributor'

/**
 * A container of Azure Blob Storage, or a part of it. Block blobs go in one request each, whose MD5 the service compares.
 *
 * Metadata names that are no C# identifiers are escaped (`content-kind` as `content_2dkind`) and come back as they were. Tags,
 * access tiers and snapshots are not carried; snapshots go with a blob that is removed.
 */
export function blobStore(options: BlobStoreOptions): ObjectStore {
  const { container, prefix = '', sortedListing = true, lateMs = 60_000 } = options
  const id = `blob:${container.accountName}/${container.containerName}${prefix === '' ? '' : `/${prefix}`}`

  const account = `--auth-mode login --account-name ${shellWord(container.accountName)}`
  const named = shellWord(container.containerName)
  const only = prefix === '' ? '' : ` --pattern ${shellWord(`${prefix}*`)}`

  const asked = async <T>(
    what: string,
    needs: string,
    signal: AbortSignal | undefined,
    call: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted()
    try {
      return await call(signal ? { abortSignal: signal } : {})
    } catch (error) {
      throw azureError(error, { what: `${id}: ${what}`, needs, rejected: 'SYNC_OBJECT_REJECTED', signal })
    }
  }
  /** `undefined` when there is no such blob. */
  const found = <T>(
    what: string,
    key: string,
    signal: AbortSignal | undefined,
    call: (blob: BlockBlobClientLike, options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T | undefined> =>
    asked(`${what} ${key}`, reader, signal, async (send) => {
      try {
        return await call(container.getBlockBlobClient(key), send)
      } catch (error) {
        if (isNoBlob(error)) return undefined
        throw error
      }
    })

  const version: ObjectStore['version'] = (key, { signal } = {}) =>
    found('head', key, signal, async (blob, send) => etagOf((await blob.getProperties(send)).etag ?? ''))

  return {
    id,
    supports: { compareAndSwap: true, sortedListing },
    lateMs,
    permissions: ['read', 'write', 'delete'].map(
      (verb) => `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${verb}`,
    ),
    byHand: {
      copyOut: (directory) =>
        `mkdir -p ${shellWord(directory)} && az storage blob download-batch ${account} --source ${named}${only} --destination ${shellWord(directory)}`,
      copyIn: (directory) =>
        `az storage blob upload-batch ${account} --destination ${named}${only} --source ${shellWord(directory)} --overwrite`,
      look: `az storage blob list ${account} --container-name ${named}${prefix === '' ? '' : ` --prefix ${shellWord(prefix)}`} --query "length(@)"`,
    },
    list: ({ cursor, signal } = {}) =>
      asked('list', reader, signal, async (send) => {
        const listed = container.listBlobsFlat({ ...send, ...(prefix === '' ? {} : { prefix }) })
        for await (const page of listed.byPage(cursor === undefined ? {} : { continuationToken: cursor })) {
          const objects = page.segment.blobItems.map(
            ({ name, properties: { etag, contentLength = 0, lastModified } }): ListedObject => ({
              key: name,
              version: etagOf(etag),
              sizeBytes: contentLength,
              modifiedAt: lastModified.getTime(),
            }),
          )
          return { objects, cursor: page.continuationToken === '' ? undefined : page.continuationToken }
        }
        return { objects: [] }
      }),
    get: (key, { signal } = {}) =>
      found('get', key, signal, async (blob, send) => {
        const reply = await blob.download(0, undefined, send)
        return {
          bytes: await bytesOf(reply.readableStreamBody),
          metadata: renamed(reply.metadata ?? {}, metadataName),
          headers: headersOf(reply),
          version: etagOf(reply.etag ?? ''),
        }
      }),
    version,
    async put(key, { bytes, metadata, headers = {} }, { expected, signal, fence }) {
      const request = {
        conditions: expected === undefined ? { ifNoneMatch: '*' } : { ifMatch: expected },
        metadata: writable(id, key, metadata),
        blobHTTPHeaders: blobHeadersOf(headers),
        transactionalContentMD5: md5(bytes),
      }
      fence?.()
      const { etag = '' } = await asked(`put ${key}`, contributor, signal, (send) =>
        container.getBlockBlobClient(key).upload(bytes, bytes.length, { ...send, ...request }),
      )
      return etagOf(etag)
    },
    async remove(key, { expected, signal, fence }) {
      const blob = container.getBlockBlobClient(key)
      fence?.()
      await asked(`delete ${key}`, contributor, signal, async (send) => {
        try {
          await blob.delete({ ...send, conditions: { ifMatch: expected }, deleteSnapshots: 'include' })
        } catch (error) {
          // Nothing there has no etag either: that may be answered 404, or 412.
          const isThere = !isNoBlob(error) && (await version(key, { signal })) !== undefined
          if (isThere) throw error
        }
      })
    },
  }
}

/** Listings have it without quotes, replies with. */
const etagOf = (etag: string): string => (etag.startsWith('"') || etag === '' ? etag : `"${etag}"`)

async function bytesOf(stream: AsyncIterable<unknown> | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream ?? []) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

const renamed = (
  metadata: Readonly<Record<string, string>>,
  rename: (name: string) => string,
): Record<string, string> => Object.fromEntries(Object.entries(metadata).map(([name, value]) => [rename(name), value]))

function writable(id: string, key: string, metadata: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(metadata)) {
    if (/^[\x20-\x7e]*$/.test(value)) continue
    throw new CutoverError('SYNC_OBJECT_REJECTED', `${id} ${key}: metadata ${name} is not printable ASCII`)
  }
  return renamed(metadata, blobMetadataName)
}

const headersOf = (reply: ObjectHeaders): ObjectHeaders => ({
  contentType: reply.contentType,
  contentEncoding: reply.contentEncoding,
  contentLanguage: reply.contentLanguage,
  contentDisposition: reply.contentDisposition,
  cacheControl: reply.cacheControl,
})

const blobHeadersOf = (headers: ObjectHeaders): BlobHeaders => ({
  ...(headers.contentType === undefined ? {} : { blobContentType: headers.contentType }),
  ...(headers.contentEncoding === undefined ? {} : { blobContentEncoding: headers.contentEncoding }),
  ...(headers.contentLanguage === undefined ? {} : { blobContentLanguage: headers.contentLanguage }),
  ...(headers.contentDisposition === undefined ? {} : { blobContentDisposition: headers.contentDisposition }),
  ...(headers.cacheControl === undefined ? {} : { blobCacheControl: headers.cacheControl }),
})
