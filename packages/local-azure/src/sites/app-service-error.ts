import type { Answer } from '../provider.ts'

/**
 * An error as App Service words it, which is neither what Resource Manager does nor what its own description says: the code is
 * not in `error`, and begins with a capital. Clients find the status and no code.
 *
 * @see https://github.com/hashicorp/terraform-provider-azurerm/issues/10858 for one as it was received.
 */
export function appServiceError(
  status: number,
  code: string,
  extendedCode: string,
  template: string,
  ...parameters: readonly string[]
): Answer {
  const message = template.replaceAll(/\{(\d+)\}/g, (_, at: string) => parameters[Number(at)] ?? '')
  const entity = { ExtendedCode: extendedCode, MessageTemplate: template, Parameters: parameters }
  return {
    status,
    body: {
      Code: code,
      Message: message,
      Target: null,
      Details: [{ Message: message }, { Code: code }, { ErrorEntity: { ...entity, Code: code, Message: message } }],
      Innererror: null,
    },
  }
}

/** 404 for what App Service itself has no record of. */
export const cannotFind = (what: string, name: string): Answer =>
  appServiceError(404, 'NotFound', '51004', 'Cannot find {0} with name {1}.', what, name)

/** 400 for a value that is of no use; the value itself is not repeated. */
export const invalidParameter = (name: string): Answer =>
  appServiceError(400, 'BadRequest', '51021', 'The parameter {0} has an invalid value.', name)
