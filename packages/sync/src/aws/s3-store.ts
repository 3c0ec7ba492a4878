import { CutoverError } from '@cutover/core'

import { md5 } from '../digest.ts'
import type { ListedObject, ObjectHeaders, ObjectStore } from '../object-store.ts'
import { shellWord } from '../store-commands.ts'
import { awsError, isAbsent } from './aws-error.ts'
import type { AggregatedS3, S3Headers, S3Like } from './s3-like.ts'

export interface S3StoreOptions<Client> {
  readonly client: AggregatedS3<Client>
  readonly bucket: string
  /** Only keys that begin so; they keep it in the other store too. @default '' */
  readonly prefix?: string | undefined
  /**
   * Does the server compare etags on PUT and DELETE, as Amazon S3 does? `false` for servers that ignore the headers: then the
   * etag is read just before. @default true
   */
  readonly conditionalWrites?: boolean | undefined
  /** Are listings in the order of UTF-8 bytes? Not those of directory buckets, nor of every compatible server. @default true */
  readonly sortedListing?: boolean | undefined
  /** @default 60_000 */
  readonly lateMs?: number | undefined
}

/**
 * A bucket of Amazon S3, or a part of it. Objects go in one request each, up to 5 GiB; multipart uploads are read as any object.
 *
 * A version is the etag: the same bytes written again with other metadata are not seen as a change. Tags, ACLs and storage
 * classes are not carried.
 */
export function s3Store<Client>(options: S3StoreOptions<Client>): ObjectStore {
  const { client, bucket, prefix = '', conditionalWrites = true, sortedListing = true, lateMs = 60_000 } = options
  if (bucket === '') throw new CutoverError('SYNC_OPTION_INVALID', "bucket is ''; wanted the name of a bucket")
  const s3 = client as S3Like
  const id = prefix === '' ? `s3:${bucket}` : `s3:${bucket}/${prefix}`
  const arn = `arn:aws:s3:::${bucket}`
  const uri = shellWord(`s3://${bucket}`)
  const only = prefix === '' ? '' : ` --exclude '*' --include ${shellWord(`${prefix}*`)}`

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
      throw awsError(error, { what: `${id}: ${what}`, needs, rejected: 'SYNC_OBJECT_REJECTED', signal })
    }
  }

  const version: ObjectStore['version'] = (key, { signal } = {}) =>
    asked(`head ${key}`, 's3:GetObject', signal, async (send) => {
      try {
        return (await s3.headObject({ Bucket: bucket, Key: key }, send)).ETag
      } catch (error) {
        if (isAbsent(error)) return undefined
        throw error
      }
    })

  /** Where the server does not compare. */
  const compareFirst = async (
    key: string,
    expected: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    if (conditionalWrites) return
    const found = await version(key, { signal })
    if (found !== expected)
      throw new CutoverError(
        'SYNC_CONFLICT',
        `${id} ${key}: expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`,
      )
  }

  return {
    id,
    supports: { compareAndSwap: conditionalWrites, sortedListing },
    lateMs,
    permissions: [
      `s3:ListBucket ${arn}`,
      ...['Get', 'Put', 'Delete'].map((verb) => `s3:${verb}Object ${arn}/${prefix}*`),
    ],
    byHand: {
      copyOut: (directory) => `aws s3 sync ${uri} ${shellWord(directory)}${only}`,
      copyIn: (directory) => `aws s3 sync ${shellWord(directory)} ${uri}${only}`,
      look: `aws s3 ls ${shellWord(`s3://${bucket}/${prefix}`)} --recursive --summarize`,
    },
    async list({ cursor, signal } = {}) {
      const page = await asked('list', 's3:ListBucket', signal, (send) =>
        s3.listObjectsV2(
          {
            Bucket: bucket,
            ...(prefix === '' ? {} : { Prefix: prefix }),
            ...(cursor ? { ContinuationToken: cursor } : {}),
          },
          send,
        ),
      )
      const objects = (page.Contents ?? []).map(({ Key = '', ETag = '', Size = 0, LastModified }): ListedObject => ({
        key: Key,
        version: ETag,
        sizeBytes: Size,
        modifiedAt: LastModified?.getTime(),
      }))
      return { objects, cursor: page.IsTruncated === true ? page.NextContinuationToken : undefined }
    },
    get: (key, { signal } = {}) =>
      asked(`get ${key}`, 's3:GetObject', signal, async (send) => {
        try {
          const found = await s3.getObject({ Bucket: bucket, Key: key }, send)
          const bytes = (await found.Body?.transformToByteArray()) ?? new Uint8Array()
          return { bytes, metadata: { ...found.Metadata }, headers: headersOf(found), version: found.ETag ?? '' }
        } catch (error) {
          if (isAbsent(error)) return undefined
          throw error
        }
      }),
    version,
    async put(key, { bytes, metadata, headers = {} }, { expected, signal, fence }) {
      await compareFirst(key, expected, signal)
      const input = {
        ...s3HeadersOf(headers),
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentMD5: Buffer.from(md5(bytes)).toString('base64'),
        Metadata: { ...metadata },
        ...(!conditionalWrites ? {} : expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected }),
      }
      fence?.()
      const { ETag = '' } = await asked(`put ${key}`, 's3:PutObject', signal, (send) => s3.putObject(input, send))
      return ETag
    },
    async remove(key, { expected, signal, fence }) {
      const found = conditionalWrites ? expected : await version(key, { signal })
      if (found === undefined) return
      await compareFirst(key, expected, signal)
      fence?.()
      await asked(`delete ${key}`, 's3:DeleteObject', signal, async (send) => {
        try {
          await s3.deleteObject({ Bucket: bucket, Key: key, ...(conditionalWrites ? { IfMatch: expected } : {}) }, send)
        } catch (error) {
          if (!isAbsent(error)) throw error
        }
      })
    },
  }
}

const headersOf = (headers: Readonly<S3Headers>): ObjectHeaders => ({
  contentType: headers.ContentType,
  contentEncoding: headers.ContentEncoding,
  contentLanguage: headers.ContentLanguage,
  contentDisposition: headers.ContentDisposition,
  cacheControl: headers.CacheControl,
})

const s3HeadersOf = (headers: ObjectHeaders): S3Headers => ({
  ...(headers.contentType === undefined ? {} : { ContentType: headers.contentType }),
  ...(headers.contentEncoding === undefined ? {} : { ContentEncoding: headers.contentEncoding }),
  ...(headers.contentLanguage === undefined ? {} : { ContentLanguage: headers.contentLanguage }),
  ...(headers.contentDisposition === undefined ? {} : { ContentDisposition: headers.contentDisposition }),
  ...(headers.cacheControl === undefined ? {} : { CacheControl: headers.cacheControl }),
})
