/** A process of the fake world: what runs in it can be killed between two of its calls, or stopped and woken. */
export class SimulatedProcess {
  readonly name: string
  /** The world that it lives in: in another one it is a stranger. */
  readonly world: object
  state: 'running' | 'paused' | 'dead' = 'running'
  /** How many of its timers somebody waits for. */
  awaited = 0
  /** What happened while it was paused. */
  readonly held: (() => void)[] = []
  /** Called when it dies or is paused. */
  onStop: (() => void) | undefined
  /** Takes back its waking. */
  cancelWake: (() => void) | undefined

  constructor(name: string, world: object) {
    this.name = name
    this.world = world
  }

  /** What happened meanwhile reaches it now, in order, until it is stopped again. */
  goOn(): void {
    this.state = 'running'
    this.cancelWake = undefined
    while (this.isRunning) {
      const happened = this.held.shift()
      if (!happened) return
      happened()
    }
  }

  get isRunning(): boolean {
    return this.state === 'running'
  }
}
