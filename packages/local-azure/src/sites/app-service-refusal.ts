import type { Answer, Operation } from '../provider.ts'
import { appServiceError } from './app-service-error.ts'

/**
 * What a machine throws to refuse as App Service does: a number of its own, and a sentence with places for parameters, such as
 * 400, `BadRequest`, `04006`, `A TXT record pointing from asuid.{0} to {1} was not found.`
 */
export interface AppServiceRefusal {
  readonly statusCode: number
  readonly code: string
  readonly extendedCode: string
  readonly template: string
  readonly parameters: readonly string[]
}

/** The operation, with what its machine throws answered in the words of App Service. */
export function refusing(operation: Operation): Operation {
  return {
    ...operation,
    async handle(request) {
      try {
        return await operation.handle(request)
      } catch (error) {
        const answer = refusalOf(error)
        if (!answer) throw error
        return answer
      }
    },
  }
}

function refusalOf(error: unknown): Answer | undefined {
  const { statusCode, code, extendedCode, template, parameters } = Object(error) as Partial<AppServiceRefusal>
  if (typeof statusCode !== 'number' || extendedCode === undefined || template === undefined) return undefined
  return appServiceError(statusCode, code ?? '', extendedCode, template, ...(parameters ?? []))
}
