export { ssmParameter, type SsmParameterOptions } from './ssm-parameter.ts'
export type { ParameterLike, ParameterMetadataLike, PutParameterInput, SsmLike } from './ssm-like.ts'
