export {
  type InMemoryFunctionApp,
  inMemoryFunctionApp,
  type InMemoryFunctionAppOptions,
} from './in-memory-function-app.ts'
export { type InMemoryLambda, inMemoryLambda, type InMemoryLambdaOptions } from './in-memory-lambda.ts'
export type { InMemoryListeners, Invoked } from './in-memory-listeners.ts'
export { type InMemoryQueue, inMemoryQueue, type InMemoryQueueOptions, type QueueConsumer } from './in-memory-queue.ts'
export {
  type LambdaMachine,
  lambdaMachine,
  type LambdaMachineOptions,
  type MachineMapping,
  type MappingDelays,
  type MappingState,
  type NewMapping,
} from './lambda-machine.ts'
export {
  listenersConformance,
  type ListenersConformanceOptions,
  type ListenersUnderTest,
} from './listeners-conformance.ts'
export { type LocalLambda, localLambda, type LocalLambdaOptions } from './local-lambda.ts'
export { type SiteMachine, siteMachine, type SiteMachineOptions } from './site-machine.ts'
