export { lambdaFunction, type LambdaFunctionOptions, type LambdaTrigger } from './lambda-function.ts'
export type { AggregatedLambda, AggregatedSqs, LambdaLike, MappingLike, QueueCount, SqsLike } from './lambda-like.ts'
