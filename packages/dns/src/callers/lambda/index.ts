export { lambdaVariable, type LambdaVariableOptions } from './lambda-variable.ts'
export type { ConfigurationLike, LambdaLike } from './lambda-like.ts'
