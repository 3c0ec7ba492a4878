import type { WireRequest } from './admission.ts'
import { armError } from './arm-error.ts'
import type { Answer, Method } from './provider.ts'

/** The JSON that came with a request, or what is answered when it cannot be read. A POST may come without. */
export function jsonBody(
  method: Method,
  { headers, body }: WireRequest,
): { readonly refused: Answer } | { readonly refused: undefined; readonly body: unknown } {
  if (body === '') {
    if (method !== 'PUT' && method !== 'PATCH') return { refused: undefined, body: undefined }
    return { refused: unreadable('The request body is empty.') }
  }
  const type = headers['content-type'] ?? ''
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    const message = `The content media type '${type}' is not supported. Only 'application/json' is supported.`
    return { refused: armError(415, 'UnsupportedMediaType', message) }
  }
  try {
    return { refused: undefined, body: JSON.parse(body) as unknown }
  } catch (error) {
    // The parser's own sentence repeats what it has read, and that may be a secret.
    if (error instanceof SyntaxError) return { refused: unreadable('It is no JSON.') }
    throw error
  }
}

const unreadable = (why: string): Answer =>
  armError(400, 'InvalidRequestContent', `The request content was invalid and could not be deserialized: '${why}'`)
