/** A permission as a change writes it down: `ACTION`, or `ACTION RESOURCE` where the resource is known. */
export interface Permission {
  readonly cloud: 'aws' | 'azure' | undefined
  readonly action: string
  readonly resource: string | undefined
}

/** Reads `lambda:InvokeFunction arn:aws:lambda:*:*:function:orders`, or `Microsoft.Web/sites/read`. */
export function permissionOf(text: string): Permission {
  const [action = '', resource, ...more] = text.split(' ')
  const cloud = cloudOf(action)
  if (cloud === undefined || more.length > 0) return { cloud: undefined, action: text, resource: undefined }
  return { cloud, action, resource }
}

function cloudOf(action: string): Permission['cloud'] {
  if (/^[a-z][a-z0-9-]*:[A-Z*][\w*]*$/.test(action)) return 'aws'
  return /^Microsoft\.\w+(\/[\w*]+)+$/.test(action) ? 'azure' : undefined
}
