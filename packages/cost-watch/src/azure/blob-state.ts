import { CutoverError } from '@cutover/core'

import type { CostErrorCode } from '../cost-error-code.ts'
import { checkedClient, checkedTexts } from '../cost-options.ts'
import type { WatchState } from '../watch/watch-state.ts'
import { asked } from './azure-error.ts'

/** `new ContainerClient(url, credential)` of `@azure/storage-blob` fits as it is. */
export interface StateContainerLike {
  getBlockBlobClient(name: string): {
    download(
      offset?: number,
      count?: number,
      options?: { abortSignal?: AbortSignal },
    ): Promise<{
      readonly readableStreamBody?: AsyncIterable<unknown> | undefined
      readonly etag?: string | undefined
    }>
    upload(
      body: string,
      contentLength: number,
      options?: {
        abortSignal?: AbortSignal
        conditions?: { ifMatch?: string; ifNoneMatch?: string }
        blobHTTPHeaders?: { blobContentType?: string }
      },
    ): Promise<{ readonly etag?: string | undefined }>
  }
}

/**
 * Keeps what a watch knows in one blob, which it makes itself; the container must be there.
 *
 * Written only as it was read: of two watches at once the later one is refused, and looks again.
 *
 * @throws CutoverError `COST_OPTION_INVALID` at once; `COST_CONFLICT` when somebody else has written, `COST_NOT_FOUND` without the
 * container, `COST_NOT_AUTHORIZED`, `COST_THROTTLED`, `COST_UNAVAILABLE`.
 */
export function blobState(container: StateContainerLike, name: string): WatchState {
  checkedClient(container, ['getBlockBlobClient'], 'blobState', 'new ContainerClient(...)')
  checkedTexts({ name }, 'blobState')
  const blob = container.getBlockBlobClient(name)
  const operation = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
  let etag: string | undefined
  return {
    async read({ signal } = {}) {
      try {
        return await asked({ what: `read ${name}`, operation: `${operation}/read` }, signal, async () => {
          const answer = await blob.download(0, undefined, signal ? { abortSignal: signal } : {})
          const text = await textOf(answer.readableStreamBody ?? [])
          ;({ etag } = answer)
          return text
        })
      } catch (error) {
        const { code } = Object((error as Error).cause) as { code?: unknown }
        if (code !== 'BlobNotFound') throw error
        etag = undefined
        return undefined
      }
    },
    async write(state, { signal } = {}) {
      const conditions = etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag }
      const body = Buffer.byteLength(state)
      const answer = await asked({ what: `write ${name}`, operation: `${operation}/write` }, signal, async () => {
        try {
          const blobHTTPHeaders = { blobContentType: 'application/json' }
          return await blob.upload(state, body, { conditions, blobHTTPHeaders, ...(signal && { abortSignal: signal }) })
        } catch (cause) {
          const { statusCode, code } = Object(cause) as { statusCode?: unknown; code?: unknown }
          if (statusCode !== 412 && code !== 'BlobAlreadyExists') throw cause
          throw new CutoverError<CostErrorCode>('COST_CONFLICT', `${name} was written by somebody else meanwhile`, {
            cause,
            retryable: true,
            next: 'Let one watch run at a time; the next look starts from what the other one knows.',
          })
        }
      })
      ;({ etag } = answer)
    },
  }
}

async function textOf(body: AsyncIterable<unknown> | Iterable<unknown>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}
