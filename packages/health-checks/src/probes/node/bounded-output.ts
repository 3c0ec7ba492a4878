import type { Readable } from 'node:stream'

import type { Output } from '../command-runner.ts'

const tailBytes = 8_192

/** Reads a stream to its end, and keeps a bounded part of it. */
export function boundedOutput(stream: Readable, maxBytes: number): () => Output {
  const head: Buffer[] = []
  let bytes = 0
  let tail = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    if (bytes < maxBytes) head.push(chunk.subarray(0, maxBytes - bytes))
    bytes += chunk.length
    tail = Buffer.concat([tail, chunk]).subarray(-tailBytes)
  })
  // A pipe that breaks ends the output; what it says is not the program's word.
  stream.on('error', () => {})
  return () => ({
    text: Buffer.concat(head).toString('utf8'),
    tail: tail.toString('utf8'),
    cut: bytes > maxBytes,
  })
}
