import { formatDuration } from '@cutover/core'

/** `02:21:16`, UTC; a report may say anything, so what is no instant is shown as such. */
export function timeOf(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? '--:--:--' : date.toISOString().slice(11, 19)
}

/** `03:00`, with seconds only where there are some. */
export const minuteOf = (at: number): string => timeOf(at).replace(/:00$/, '')

/** `Fri 20 Nov`, UTC. */
export function dayOf(at: number): string {
  const [day = '', date = '', month = ''] = new Date(at).toUTCString().replace(',', '').split(' ')
  return `${day} ${Number(date)} ${month}`
}

/** A duration that is counted up or down in whole seconds, as one looks at it. */
export const counted = (ms: number): string => (ms < 1_000 ? '0s' : formatDuration(Math.floor(ms / 1_000) * 1_000))

export const amount = (n: number): string => n.toLocaleString('en-US')
