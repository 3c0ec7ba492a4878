/** For what callers without types may pass; `Array.isArray` itself would make the elements `any`. */
export const isList = (value: unknown): boolean => Array.isArray(value)
