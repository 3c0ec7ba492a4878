export { nodeEndpoint, type NodeEndpointOptions } from './node-endpoint.ts'
export { nodeNameServers, type NodeNameServersOptions } from './node-name-servers.ts'
