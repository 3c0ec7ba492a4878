import type { Answer } from './provider.ts'

/** An error as Resource Manager itself words it. */
export function armError(
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { status, headers, body: { error: { code, message } } }
}

/** 404, as Resource Manager answers for a resource that it has no record of. `type` is `Microsoft.Web/sites`. */
export function resourceNotFound(type: string, name: string, resourceGroup: string): Answer {
  return armError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  )
}

/**
 * 501: Azure may well do this, this server does not. Not a 404, which code under test takes for "absent", and a status that the
 * official clients do not retry.
 */
export function notImplemented(what: string): Answer {
  return armError(501, 'LocalAzureNotImplemented', `The local server does not do this: ${what}.`)
}
