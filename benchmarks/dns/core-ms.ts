/** Milliseconds for which this thread had a core: on a shared machine the wall clock measures the neighbours. Older Node counts every thread. */
export function coreMs(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1_000
}
