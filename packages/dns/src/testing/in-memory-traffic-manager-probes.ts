/** What probing has found out about one endpoint, from `now` to `now`: no timer. */
export class Probes {
  readonly #intervalMs: number
  readonly #tolerated: number
  #isHealthy: boolean
  /** When the next probe is answered; `undefined` while nobody probes. */
  #nextAt: number | undefined
  #status: 'CheckingEndpoint' | 'Online' | 'Degraded' = 'CheckingEndpoint'
  #failures = 0

  constructor(options: { readonly intervalMs: number; readonly tolerated: number; readonly isHealthy: boolean }) {
    this.#intervalMs = options.intervalMs
    this.#tolerated = options.tolerated
    this.#isHealthy = options.isHealthy
  }

  /** It was probed for long. */
  seed(now: number): void {
    this.#status = this.#isHealthy ? 'Online' : 'Degraded'
    this.#failures = this.#isHealthy ? 0 : this.#tolerated + 1
    this.#nextAt = now + this.#intervalMs
  }

  /** Probing begins: nothing is known. */
  begin(now: number): void {
    this.#status = 'CheckingEndpoint'
    this.#failures = 0
    this.#nextAt = now + this.#intervalMs
  }

  end(): void {
    this.#nextAt = undefined
  }

  setHealthy(isHealthy: boolean, now: number): void {
    this.status(now)
    this.#isHealthy = isHealthy
  }

  status(now: number): 'CheckingEndpoint' | 'Online' | 'Degraded' {
    // After so many probes with one answer nothing changes any more.
    const enough = this.#tolerated + 1
    for (let probes = 0; this.#nextAt !== undefined && this.#nextAt <= now; probes += 1) {
      if (probes > enough) {
        this.#nextAt += Math.ceil((now - this.#nextAt + 1) / this.#intervalMs) * this.#intervalMs
        break
      }
      this.#failures = this.#isHealthy ? 0 : this.#failures + 1
      if (this.#isHealthy) this.#status = 'Online'
      else if (this.#failures > this.#tolerated) this.#status = 'Degraded'
      this.#nextAt += this.#intervalMs
    }
    return this.#status
  }
}
