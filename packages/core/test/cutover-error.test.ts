import { CutoverError, isCutoverError } from '@cutover/core'
import { expect, test, vi } from 'vitest'

test('an error says what happened, whether to try again, why, and what to do', () => {
  const cause = new Error('503')

  const error = new CutoverError('DNS_REFUSED', 'Route 53 refused', { cause, retryable: true, next: 'aws route53 …' })

  expect(error).toMatchObject({
    name: 'CutoverError',
    code: 'DNS_REFUSED',
    message: 'Route 53 refused',
    cause,
    retryable: true,
    next: 'aws route53 …',
  })
})

test('an error is final and says nothing more unless told', () => {
  const error = new CutoverError('X', 'x', { cause: undefined })

  expect(error.retryable).toBe(false)
  expect(error.next).toBeUndefined()
  expect('cause' in error).toBe(false)
})

test('isCutoverError tells codes apart', () => {
  const error: unknown = new CutoverError('DNS_REFUSED', 'no')

  expect(isCutoverError(error)).toBe(true)
  expect(isCutoverError(error, 'DNS_REFUSED')).toBe(true)
  expect(isCutoverError(error, 'DNS_OTHER')).toBe(false)
})

test.each([
  undefined,
  null,
  'DNS_REFUSED',
  { name: 'CutoverError', code: 'X' },
  new Error('X'),
  Object.assign(new Error('x'), { code: 'X' }),
])('isCutoverError says no to %o', (other) => {
  expect(isCutoverError(other)).toBe(false)
  expect(isCutoverError(other, 'X')).toBe(false)
})

test('isCutoverError knows an error of another copy of the package, which instanceof does not', async () => {
  vi.resetModules()
  const other = await import('@cutover/core')
  const theirs: unknown = new other.CutoverError('DNS_REFUSED', 'no')

  expect(theirs instanceof CutoverError).toBe(false)
  expect(isCutoverError(theirs, 'DNS_REFUSED')).toBe(true)
})
