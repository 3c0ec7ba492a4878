export { terminal, type Terminal, type TerminalOptions } from './terminal.ts'
export type { WritableLike } from './writable-like.ts'
