// Loaded before a script (`node --import`): what it sends to Azure and to the app goes to servers on this machine instead. The AWS SDK
// and Azure's credential need no such thing: they take their endpoints from the environment.
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'

const azure = new URL(process.env['EMBEDDED_AZURE'] ?? '')
const app = new URL(process.env['EMBEDDED_APP'] ?? '')

const realRequest = https.request
const redirected = (options: https.RequestOptions, answered?: (response: http.IncomingMessage) => void) => {
  if (options.hostname !== 'management.azure.com') return realRequest(options, answered)
  const { agent: _agent, ...rest } = options
  return http.request({ ...rest, protocol: 'http:', hostname: azure.hostname, port: azure.port }, answered)
}
https.request = redirected as typeof https.request
syncBuiltinESMExports()

const realFetch = globalThis.fetch
globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  return realFetch(url.hostname === 'orders.azurewebsites.net' ? new URL(url.pathname, app) : input, init)
}
