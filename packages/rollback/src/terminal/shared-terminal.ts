import type { WritableLike } from './writable-like.ts'

type Write = (...parts: never[]) => boolean

/**
 * Has `around` called with everything that others write to these streams (a `console.log` between two steps), so that it can be
 * let through above the screen; text that does not end its line is given an end. Answers how to stop.
 */
export function lettingOthersWrite(
  streams: readonly WritableLike[],
  { isOurs, around }: { readonly isOurs: () => boolean; readonly around: (letThrough: () => void) => void },
): () => void {
  const undos = streams.map((stream) => {
    const shared = stream as { write: Write }
    const original = shared.write
    const mine: Write = (...parts) => {
      if (isOurs()) return original.apply(stream, parts)
      let answer = true
      around(() => {
        answer = original.apply(stream, parts)
        const [text] = parts as unknown[]
        if (typeof text === 'string' && !text.endsWith('\n')) original.apply(stream, ['\n' as never])
      })
      return answer
    }
    shared.write = mine
    return () => {
      // Whoever has laid his own over it since keeps it; ours then only lets through.
      if (shared.write === mine) shared.write = original
    }
  })
  return () => {
    for (const undo of undos) undo()
  }
}
