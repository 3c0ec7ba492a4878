import { restError } from './fake-client-errors.ts'

/** As Azure DNS says it, seen at https://github.com/kubernetes-sigs/external-dns/pull/4811, with the time to wait for. */
export function throttled(): Error {
  const headers = { get: (name: string) => (name.toLowerCase() === 'retry-after' ? '10' : undefined) }
  const error = restError('Throttled', 'Too many operations are requested. Current operation is throttled.', 429)
  return Object.assign(error, { response: { status: 429, headers } })
}
