/** Ctrl-C once: stop where the script stands. Twice: end, which is the same as `kill -9`. Answers how to stop listening. */
export function onInterrupt(stop: () => void): () => void {
  let asked = false
  const interrupt = (): void => {
    if (asked) process.exit(130)
    asked = true
    stop()
  }
  process.on('SIGINT', interrupt)
  return () => void process.off('SIGINT', interrupt)
}
