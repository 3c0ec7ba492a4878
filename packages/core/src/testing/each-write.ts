import { type ChangeConformanceOptions, ChangeTrial, equal } from './change-trial.ts'
import type { Fault } from './fault.ts'

/** Cases that run the change again for each of its writes. */
export class EachWrite {
  readonly #options: ChangeConformanceOptions

  constructor(options: ChangeConformanceOptions) {
    this.#options = options
  }

  async meets(faults: readonly Fault[]): Promise<void> {
    const { applies, reverts } = await this.#writes()
    for (const fault of faults) {
      for (const number of applies) {
        await this.#with(number, fault, async (trial) => {
          const before = await trial.applied()
          await trial.converge(before)
          if (trial.change.rerun !== 'never')
            equal(await trial.standing(before), 'applied', `standing after apply met ${fault} at write ${number}`)
          await trial.revert(before)
          trial.isAsFound(`after an apply that met ${fault} at write ${number}, and a revert`)
        })
      }
      for (const number of reverts) {
        await this.#with(number, fault, async (trial) => {
          const before = await trial.applied()
          await trial.revert(before)
          await trial.world.clock.sleep(trial.change.lateMs)
          await trial.revert(before)
          trial.isAsFound(`after a revert that met ${fault}, and another`)
        })
      }
    }
  }

  async refused(): Promise<void> {
    const { applies } = await this.#writes()
    for (const number of applies) {
      await this.#with(number, 'refused', async (trial) => {
        const before = await trial.applied()
        const standing = await trial.standing(before)
        equal(
          standing === 'foreign' || standing === 'unknown' ? standing : 'its own',
          'its own',
          `standing after a refusal of write ${number}`,
        )
        await trial.revert(before)
        trial.isAsFound(`after a refusal of write ${number}, and a revert`)
      })
    }
  }

  async dyingBetweenWrites(): Promise<void> {
    const { applies, reverts } = await this.#writes()
    for (const number of applies.slice(1)) {
      for (const way of ['on', 'back'] as const) {
        await this.#with(number, 'crash', async (trial) => {
          const before = await trial.capture()
          await trial.inAnotherProcess(() => trial.apply(before))
          const standing = await trial.standing(before)
          equal(
            standing === 'foreign' ? standing : 'its own',
            'its own',
            `standing after dying before write ${number}: what it did itself`,
          )
          if (way === 'on' && trial.change.rerun !== 'never') {
            await trial.converge(before)
            equal(await trial.standing(before), 'applied', `standing after dying before write ${number}, and going on`)
          }
          await trial.revert(before)
          trial.isAsFound(`after dying before write ${number}, and a revert`)
        })
      }
    }
    for (const number of reverts.slice(1)) {
      await this.#with(number, 'crash', async (trial) => {
        const before = await trial.applied()
        await trial.inAnotherProcess(() => trial.revert(before))
        await trial.revert(before)
        trial.isAsFound('after a revert that died between two writes, and another')
      })
    }
  }

  /** Edits before every call but the first: nobody can have read anything before that. */
  async edited(): Promise<void> {
    for (const verb of ['apply', 'revert'] as const) {
      for (let at = 2, calls = 2; at <= calls; at++) {
        await new ChangeTrial(this.#options).run(async (trial) => {
          const before = verb === 'apply' ? await trial.capture() : await trial.applied()
          trial.world.calls = 0
          trial.world.beforeCall = (call) => {
            if (call === at) trial.editBehind()
          }
          await trial[verb](before)
          calls = trial.world.calls
          if (calls < at) return
          trial.world.beforeCall = undefined
          equal(
            await trial.standing(before),
            'foreign',
            `standing after an edit before call ${at} of ${verb} (write conditionally, or say cas: false)`,
          )
        })
      }
    }
  }

  async #with(number: number, fault: Fault, body: (trial: ChangeTrial) => Promise<void>): Promise<void> {
    await new ChangeTrial(this.#options, new Map([[number, fault]])).run(body)
  }

  /** The numbers of the writes of apply, and of revert, when nothing fails. */
  async #writes(): Promise<{ applies: readonly number[]; reverts: readonly number[] }> {
    const trial = new ChangeTrial(this.#options)
    let [captured, applied] = [0, 0]
    await trial.run(async () => {
      const before = await trial.capture()
      captured = trial.writes
      await trial.apply(before)
      applied = trial.writes
      await trial.revert(before)
    })
    const numbers = trial.world.effects.map(({ number }) => number)
    return { applies: numbers.slice(captured, applied), reverts: numbers.slice(applied) }
  }
}
