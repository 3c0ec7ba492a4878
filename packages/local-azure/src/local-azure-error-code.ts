/**
 * What this package throws. What the server answers is data: `{ error: { code, message } }` with Azure's own codes.
 *
 * - `LOCAL_AZURE_OPTION_INVALID`: an option makes no sense; nothing was started.
 * - `LOCAL_AZURE_OPERATION_UNKNOWN`: `failNext` names an operation that no provider has; the fault would never happen.
 */
export type LocalAzureErrorCode = 'LOCAL_AZURE_OPTION_INVALID' | 'LOCAL_AZURE_OPERATION_UNKNOWN'
