import { refuseOption } from './health-error.ts'
import type { HttpResponse } from './http-transport.ts'

export interface HttpExpectations {
  /** @default 200 to 299 */
  readonly status?: number | readonly number[] | undefined
  /** By name: the exact value, or an expression that it matches. */
  readonly responseHeaders?: Readonly<Record<string, string | RegExp>> | undefined
  /** An expression that the text matches, or a function that answers true. One that throws says why it does not hold. */
  readonly body?: RegExp | ((text: string) => boolean) | undefined
  /** Answers true for the parsed body. One that throws says why it does not hold. */
  readonly json?: ((body: unknown) => boolean) | undefined
}

/** What does not hold, `undefined` when all does. `cut` is too little to judge by. */
export interface Broken {
  readonly reason: 'status' | 'header' | 'body' | 'cut'
  readonly text: string
}

export function checkExpectations({ status, responseHeaders = {}, body, json }: HttpExpectations): void {
  if (body !== undefined && !(body instanceof RegExp) && typeof body !== 'function')
    refuseOption('body', body, 'an expression such as /ok/, or a function that answers true')
  if (json !== undefined && typeof json !== 'function') refuseOption('json', json, 'a function that answers true')
  if (typeof responseHeaders !== 'object' || responseHeaders === null)
    refuseOption('responseHeaders', responseHeaders, '{ name: value or expression }')
  for (const [name, wanted] of Object.entries(responseHeaders)) {
    if (typeof wanted !== 'string' && !(wanted instanceof RegExp))
      refuseOption(`responseHeaders.${name}`, wanted, 'a text, or an expression')
  }
  const statuses = typeof status === 'number' ? [status] : status
  if (statuses === undefined) return
  if (
    !Array.isArray(statuses) ||
    statuses.length === 0 ||
    !statuses.every((each) => Number.isInteger(each) && each >= 200 && each <= 599)
  ) {
    refuseOption('status', status, 'a status code from 200 to 599, or a list of them')
  }
}

export function wantedStatus({ status }: HttpExpectations): string {
  if (status === undefined) return '200–299'
  return typeof status === 'number' ? String(status) : status.join(' or ')
}

export function broken(expected: HttpExpectations, response: HttpResponse): Broken | undefined {
  const { responseHeaders = {}, body, json } = expected
  if (!isWanted(expected, response.status)) return { reason: 'status', text: `wanted ${wantedStatus(expected)}` }
  for (const [name, wanted] of Object.entries(responseHeaders)) {
    const found = response.headers[name.toLowerCase()]
    const holds = typeof wanted === 'string' ? found === wanted : found !== undefined && found.search(wanted) >= 0
    if (!holds)
      return { reason: 'header', text: `wanted the header ${name} to be ${String(wanted)}; ${told(name, found)}` }
  }
  if (body === undefined && json === undefined) return undefined
  if (response.cut) return { reason: 'cut', text: 'its body is too long to be judged' }
  return brokenBody(response.body, body) ?? brokenJson(response.body, json)
}

function isWanted({ status }: HttpExpectations, found: number): boolean {
  if (status === undefined) return found >= 200 && found <= 299
  return typeof status === 'number' ? found === status : status.includes(found)
}

function told(name: string, found: string | undefined): string {
  if (found === undefined) return 'there is none'
  return name.toLowerCase() === 'set-cookie' ? 'it is another' : `it is ${found.slice(0, 100)}`
}

function brokenBody(text: string, wanted: HttpExpectations['body']): Broken | undefined {
  if (wanted === undefined) return undefined
  // Not test(): that remembers where a global expression matched last.
  if (wanted instanceof RegExp) {
    return text.search(wanted) >= 0
      ? undefined
      : { reason: 'body', text: `wanted a body that matches ${String(wanted)}` }
  }
  return refuted('body', () => wanted(text))
}

function brokenJson(text: string, wanted: HttpExpectations['json']): Broken | undefined {
  if (wanted === undefined) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { reason: 'body', text: 'wanted a JSON body' }
  }
  return refuted('json', () => wanted(parsed))
}

/** Only `true` holds: a forgotten `return`, or a promise, must not pass. */
function refuted(option: string, assertion: () => unknown): Broken | undefined {
  try {
    return assertion() === true ? undefined : { reason: 'body', text: `its body is not what ${option} wants` }
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 200)
    return { reason: 'body', text: `its body is not what ${option} wants: ${why}` }
  }
}
