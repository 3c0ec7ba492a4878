/** One request as a command of the Azure CLI, which puts the subscription that it is signed in to in place of `{subscriptionId}`. */
export function azRest(
  method: 'get' | 'put' | 'patch' | 'delete',
  { resourceGroup, resource, apiVersion }: { resourceGroup: string; resource: string; apiVersion: string },
  { header, body }: { readonly header?: string; readonly body?: object } = {},
): string {
  const group = `/subscriptions/{subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}`
  const url = `${group}/providers/Microsoft.Network/${resource}?api-version=${apiVersion}`
  return [
    `az rest --method ${method} --url ${quoted(url)}`,
    ...(header === undefined ? [] : [`--headers ${quoted(header)}`]),
    ...(body === undefined ? [] : [`--body ${quoted(JSON.stringify(body))}`]),
  ].join(' ')
}

/** One word for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
