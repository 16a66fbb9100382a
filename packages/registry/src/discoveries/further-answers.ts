import type { Watch } from '@kumquat/core'
import type { Sighting } from '../sighting.ts'
import { nowAndThen, type Rounds } from '../stores/now-and-then.ts'
import type { Told } from './inquiry.ts'

/** Asks the registry again, in full, for as long as somebody is in question: two answers without him, and he is gone. */
export class FurtherAnswers {
  readonly #ask: () => Promise<Watch<Sighting>>
  readonly #rounds: Rounds
  readonly #questions = new Set<{ readonly id: string; readonly told: Told; absences: number }>()
  #asking: Disposable | undefined

  constructor(ask: () => Promise<Watch<Sighting>>, rounds: Rounds) {
    this.#ask = ask
    this.#rounds = rounds
  }

  about(id: string, told: Told): Disposable {
    const question = { id, told, absences: 0 }
    this.#questions.add(question)
    this.#asking ??= nowAndThen(this.#rounds, () => void this.#count())
    return {
      [Symbol.dispose]: () => {
        this.#questions.delete(question)
        if (this.#questions.size > 0) return
        this.#asking?.[Symbol.dispose]()
        this.#asking = undefined
      },
    }
  }

  async #count(): Promise<void> {
    const asked = [...this.#questions]
    const listed = await this.#listed()
    // A registry that cannot be asked has not answered.
    if (listed === undefined) return
    for (const question of asked) {
      if (!this.#questions.has(question)) continue
      question.absences = listed.has(question.id) ? 0 : question.absences + 1
      if (question.absences >= ENOUGH) question.told('gone')
    }
  }

  async #listed(): Promise<ReadonlySet<string> | undefined> {
    try {
      await using watch = await this.#ask()
      const { source, records } = watch.current
      return source === 'registry' ? new Set(records.map(({ id }) => id)) : undefined
    } catch {
      return undefined
    }
  }
}

const ENOUGH = 2
