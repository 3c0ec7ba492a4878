export {
  type FakeAnswer,
  type FakeRequest,
  type HostState,
  type InMemoryHost,
  inMemoryHosts,
  type InMemoryHosts,
  type ServeOptions,
} from './in-memory-hosts.ts'
