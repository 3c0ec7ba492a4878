import { CutoverError } from '@cutover/core'

import { awsError } from './service-errors.ts'

/** As the service names them. */
export type MappingState = 'Creating' | 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating' | 'Deleting'

export interface MachineMapping {
  readonly uuid: string
  readonly eventSourceArn: string
  readonly state: MappingState
  readonly batchSize: number
  readonly maximumBatchingWindowSeconds: number
  /** Epoch milliseconds. */
  readonly lastModifiedAt: number
}

export interface NewMapping {
  readonly uuid: string
  readonly eventSourceArn: string
  /** @default true */
  readonly enabled?: boolean | undefined
  /** @default 10 */
  readonly batchSize?: number | undefined
  /** @default 0 */
  readonly maximumBatchingWindowSeconds?: number | undefined
}

/** How long a mapping is in each transition, in milliseconds. */
export type MappingDelays = Readonly<Record<'creating' | 'enabling' | 'disabling' | 'updating' | 'deleting', number>>

export interface LambdaMachineOptions {
  /** Epoch milliseconds: all that the machine knows of time. */
  now(): number
  readonly functionName: string
  readonly mappings?: readonly NewMapping[] | undefined
  /**
   * @default { disabling: 45_000, enabling: 20_000, updating: 20_000, creating: 20_000, deleting: 30_000 }, within the up to
   * 90 s that AWS states for a change to a stream's mapping
   */
  readonly delaysMs?: Partial<MappingDelays> | undefined
  /** @default 30 */
  readonly timeoutSeconds?: number | undefined
  readonly reservedConcurrency?: number | undefined
  /** Concurrency of the account; 100 of it cannot be reserved. @default 1_000 */
  readonly accountConcurrency?: number | undefined
}

/** The control plane of one Lambda function, and what its data plane obeys. No timer: everything follows from `now()`. */
export interface LambdaMachine {
  readonly functionName: string
  readonly timeoutSeconds: number
  mappings(): readonly MachineMapping[]
  mapping(uuid: string): MachineMapping
  createMapping(mapping: NewMapping): MachineMapping
  updateMapping(
    uuid: string,
    change: { readonly enabled?: boolean | undefined; readonly batchSize?: number | undefined },
  ): MachineMapping
  deleteMapping(uuid: string): MachineMapping
  reservedConcurrency(): number | undefined
  putReservedConcurrency(reserved: number): void
  deleteReservedConcurrency(): void
  /**
   * Does the mapping take messages now? As early as the service may begin (while Enabling), and as late as it may end (until
   * Disabled).
   */
  polls(uuid: string): boolean
  /** Is a call refused with 429 now? */
  throttles(): boolean
  /** How each mapping is switched, whatever it still does: what must be as found after a rollback. */
  switches(): Readonly<Record<string, boolean>>
  /** The next moments at which a state changes by itself, epoch milliseconds. */
  nextChanges(): readonly number[]
}

interface Mapping {
  readonly uuid: string
  readonly eventSourceArn: string
  enabled: boolean
  batchSize: number
  readonly windowSeconds: number
  transition: { readonly state: MappingState; readonly until: number } | undefined
  modifiedAt: number
}

const defaultDelays: MappingDelays = {
  creating: 20_000,
  enabling: 20_000,
  disabling: 45_000,
  updating: 20_000,
  deleting: 30_000,
}

/** AWS keeps so many units unreserved in each account. */
const unreservedLeast = 100

/** @throws AwsServiceError as the service does: ResourceNotFoundException, ResourceInUseException, … */
export function lambdaMachine(options: LambdaMachineOptions): LambdaMachine {
  const { now, functionName, timeoutSeconds = 30, accountConcurrency = 1_000 } = options
  const delays: MappingDelays = { ...defaultDelays, ...withoutUndefined(options.delaysMs ?? {}) }
  for (const [field, ms] of Object.entries(delays)) {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new CutoverError('TRIGGERS_OPTION_INVALID', `lambdaMachine: delaysMs.${field} is ${ms}; wanted 0 or more`)
    }
  }
  const all = new Map<string, Mapping>()
  let reserved = options.reservedConcurrency

  const isOver = ({ transition }: Mapping): boolean => transition === undefined || now() >= transition.until
  const present = (): Mapping[] => {
    for (const [uuid, mapping] of all) if (mapping.transition?.state === 'Deleting' && isOver(mapping)) all.delete(uuid)
    return [...all.values()]
  }
  const found = (uuid: string): Mapping => {
    const mapping = present().find((one) => one.uuid === uuid)
    if (mapping) return mapping
    throw awsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404)
  }
  const stateOf = (mapping: Mapping): MappingState => {
    if (mapping.transition && !isOver(mapping)) return mapping.transition.state
    return mapping.enabled ? 'Enabled' : 'Disabled'
  }
  const view = (mapping: Mapping): MachineMapping => ({
    uuid: mapping.uuid,
    eventSourceArn: mapping.eventSourceArn,
    state: stateOf(mapping),
    batchSize: mapping.batchSize,
    maximumBatchingWindowSeconds: mapping.windowSeconds,
    lastModifiedAt: Math.max(mapping.modifiedAt, isOver(mapping) ? (mapping.transition?.until ?? 0) : 0),
  })
  const begin = (mapping: Mapping, state: MappingState, ms: number): void => {
    mapping.modifiedAt = now()
    mapping.transition = { state, until: now() + ms }
  }
  const refuseInTransition = (mapping: Mapping): void => {
    if (isOver(mapping)) return
    throw awsError('ResourceInUseException', 'Cannot update the event source mapping because it is in use.')
  }
  const put = ({
    uuid,
    eventSourceArn,
    enabled = true,
    batchSize = 10,
    maximumBatchingWindowSeconds = 0,
  }: NewMapping): Mapping => {
    const mapping: Mapping = {
      uuid,
      eventSourceArn,
      enabled,
      batchSize,
      windowSeconds: maximumBatchingWindowSeconds,
      transition: undefined,
      modifiedAt: now(),
    }
    all.set(uuid, mapping)
    return mapping
  }
  for (const mapping of options.mappings ?? []) put(mapping)

  return {
    functionName,
    timeoutSeconds,
    mappings: () => present().map(view),
    mapping: (uuid) => view(found(uuid)),
    createMapping(created) {
      const twin = present().find(({ eventSourceArn }) => eventSourceArn === created.eventSourceArn)
      if (twin) {
        throw awsError(
          'ResourceConflictException',
          `An event source mapping with SQS arn (" ${created.eventSourceArn} ") and function (" ${functionName} ") already exists. Please update or delete the existing mapping with UUID ${twin.uuid}`,
          409,
        )
      }
      const mapping = put(created)
      begin(mapping, 'Creating', delays.creating)
      return view(mapping)
    },
    updateMapping(uuid, { enabled, batchSize }) {
      const mapping = found(uuid)
      refuseInTransition(mapping)
      if (batchSize !== undefined && (batchSize < 1 || batchSize > 10_000)) {
        throw awsError('InvalidParameterValueException', `Batch size ${batchSize} is out of range`)
      }
      mapping.batchSize = batchSize ?? mapping.batchSize
      if (enabled === undefined || enabled === mapping.enabled) begin(mapping, 'Updating', delays.updating)
      else if (enabled) begin(mapping, 'Enabling', delays.enabling)
      else begin(mapping, 'Disabling', delays.disabling)
      mapping.enabled = enabled ?? mapping.enabled
      return view(mapping)
    },
    deleteMapping(uuid) {
      const mapping = found(uuid)
      refuseInTransition(mapping)
      mapping.enabled = false
      begin(mapping, 'Deleting', delays.deleting)
      return view(mapping)
    },
    reservedConcurrency: () => reserved,
    putReservedConcurrency(units) {
      if (!Number.isInteger(units) || units < 0) {
        throw awsError('InvalidParameterValueException', `ReservedConcurrentExecutions ${units} is not valid`)
      }
      if (accountConcurrency - units < unreservedLeast) {
        throw awsError(
          'InvalidParameterValueException',
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedLeast}].`,
        )
      }
      reserved = units
    },
    deleteReservedConcurrency: () => void (reserved = undefined),
    polls(uuid) {
      const mapping = present().find((one) => one.uuid === uuid)
      return (
        mapping !== undefined && (mapping.enabled || (!isOver(mapping) && mapping.transition?.state === 'Disabling'))
      )
    },
    throttles: () => reserved === 0,
    switches: () => Object.fromEntries(present().map(({ uuid, enabled }) => [uuid, enabled])),
    nextChanges: () =>
      present()
        .filter((mapping) => !isOver(mapping))
        .map(({ transition }) => transition?.until ?? 0),
  }
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
