/**
 * The function as a policy names it, whichever of the three ways in which Lambda takes its name was given: name, account and name, ARN.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function functionArn(functionName: string): string {
  if (functionName.startsWith('arn:')) return functionName
  return /^\d{12}:function:/.test(functionName)
    ? `arn:aws:lambda:*:${functionName}`
    : `arn:aws:lambda:*:*:function:${functionName}`
}
