import { type Check, defineCheck, knownOptions } from '@cutover/core'

import { refuseOption } from '../health-error.ts'

/** How much memory one execution takes at the source. */
export interface PeakMemory {
  /** For people: `lambda:orders`. */
  readonly name: string
  /** The 99.9th percentile in MB, of how many executions; `undefined` when nothing is known. */
  peak(options?: {
    readonly signal?: AbortSignal | undefined
  }): Promise<{ readonly megabytes: number; readonly executions: number } | undefined>
}

export interface MemoryHeadroomOptions {
  /** Memory of one instance of the target, in MB: 512, 2048 or 4096 on Flex Consumption. */
  readonly instanceMemoryMb: number
  /** How many executions share one instance: what `host.json` or the scale settings allow. Lambda shares none. */
  readonly perInstance: number
  /** Share of the instance that executions may take; the host and the language worker have the rest. @default 0.8 */
  readonly usable?: number | undefined
  /** Executions that a percentile needs. @default 1000 */
  readonly atLeast?: number | undefined
  /** How often the target's worker was restarted or ran out of memory since it has traffic; `undefined` when nobody knows. @default not looked at */
  readonly restarts?: ((options: { readonly signal: AbortSignal }) => Promise<number | undefined>) | undefined
  /** @default made of the source's name */
  readonly id?: string | undefined
}

/** In MB. */
export interface MemoryHeadroomEvidence {
  readonly peakMb: number | undefined
  readonly executions: number
  /** What one execution may take at the target. */
  readonly shareMb: number
  /** `shareMb` over `peakMb`: below 1 it does not fit. */
  readonly headroom: number | undefined
  /** How many executions an instance bears. */
  readonly bears: number | undefined
  readonly restarts?: number | undefined
}

const known: readonly (keyof MemoryHeadroomOptions)[] = [
  'instanceMemoryMb',
  'perInstance',
  'usable',
  'atLeast',
  'restarts',
  'id',
]

/**
 * A check that what an execution takes at the source fits into its share of an instance of the target, where executions share
 * one: instance memory × usable ÷ executions per instance.
 *
 * Fails when it does not fit, or when the target's worker was restarted. Undecided without a peak, with one of too few
 * executions, or when `restarts` knows nothing. The source's peak contains its own runtime, which instances of the target have
 * once: it errs on the safe side.
 *
 * @throws CutoverError `HEALTH_OPTIONS_INVALID` when it is made.
 */
export function memoryHeadroom(source: PeakMemory, options: MemoryHeadroomOptions): Check<MemoryHeadroomEvidence> {
  if (typeof (source as Partial<PeakMemory> | undefined)?.peak !== 'function')
    refuseOption('source', source, 'a peak of memory, such as lambdaMemory(…)')
  knownOptions(options, known, 'HEALTH_OPTIONS_INVALID', 'memoryHeadroom')
  const { instanceMemoryMb, perInstance, usable = 0.8, atLeast = 1_000, restarts } = options
  const { id = `health:memory:${source.name}` } = options
  if (!(instanceMemoryMb > 0)) refuseOption('instanceMemoryMb', instanceMemoryMb, 'megabytes over 0')
  if (!Number.isInteger(perInstance) || perInstance < 1)
    refuseOption('perInstance', perInstance, 'a whole number from 1')
  if (!(usable > 0 && usable <= 1)) refuseOption('usable', usable, 'a share over 0 and up to 1')
  if (!Number.isInteger(atLeast) || atLeast < 1) refuseOption('atLeast', atLeast, 'a whole number from 1')
  const shareMb = (instanceMemoryMb * usable) / perInstance

  return defineCheck<MemoryHeadroomEvidence>({
    id,
    title: `What ${source.name} takes fits into an instance of ${instanceMemoryMb} MB, ${perInstance} at a time`,
    async run({ signal }) {
      const peak = await source.peak({ signal })
      const count = restarts === undefined ? undefined : await restarts({ signal })
      const peakMb = peak?.megabytes
      const usableMb = instanceMemoryMb * usable
      const evidence: MemoryHeadroomEvidence = {
        peakMb,
        executions: peak?.executions ?? 0,
        shareMb,
        headroom: peakMb === undefined ? undefined : rounded(shareMb / peakMb),
        bears: peakMb === undefined ? undefined : Math.floor(usableMb / peakMb),
        ...(count === undefined ? {} : { restarts: count }),
      }
      if (count !== undefined && count > 0) {
        return { status: 'fail', text: `the target's worker was restarted ${count} times`, evidence }
      }
      if (peakMb === undefined || peak === undefined) {
        return { status: 'undecided', text: `nothing is known of the memory of ${source.name}`, evidence }
      }
      const takes = `${source.name} takes ${peakMb} MB at the 99.9th percentile, its share is ${Math.floor(shareMb)} MB`
      if (peakMb > shareMb) {
        const { bears = 0 } = evidence
        const way = bears === 0 ? 'take larger instances' : `let an instance run at most ${bears} at a time`
        return { status: 'fail', text: `${takes}: ${way}`, evidence }
      }
      if (peak.executions < atLeast) {
        const text = `${takes}, but that is of ${peak.executions} executions, and ${atLeast} are needed`
        return { status: 'undecided', text, evidence }
      }
      if (restarts && count === undefined) {
        return { status: 'undecided', text: `${takes}, but nobody knows of restarts`, evidence }
      }
      return { status: 'pass', text: takes, evidence }
    },
  })
}

const rounded = (value: number): number => Math.round(value * 100) / 100
