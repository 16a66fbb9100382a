import type { Live } from '@kumquat/core'

/** A part that can be chosen: itself, its name, or either of them as it changes while calls run. */
export type Choice<Part> = Part | string | Live<Part | string>

export interface ChoosingOptions<Part> {
  /** The part of a name. Throws `TypeError` if there is none. */
  readonly named: (name: string) => Part
  /** Makes one part of what changes. */
  readonly switching: (live: Live<Part>) => Part
  /** Told of a name that changed to nonsense; what was chosen before it stays. */
  readonly onUnknown: (error: unknown) => void
}

/** The part that was chosen. A name that changes keeps what it stood for, should it come back. Throws on an unknown name. */
export function chosen<Part extends (...args: never[]) => unknown>(
  choice: Choice<Part>,
  { named, switching, onUnknown }: ChoosingOptions<Part>,
): Part {
  if (typeof choice === 'function') return choice
  if (typeof choice === 'string') return named(choice)
  const known = new Map<string, Part>()
  const partOf = (asked: Part | string): Part => {
    if (typeof asked !== 'string') return asked
    const part = known.get(asked) ?? named(asked)
    known.set(asked, part)
    return part
  }
  let asked = choice.current
  let part = partOf(asked)
  const current = (): Part => {
    if (choice.current === asked) return part
    asked = choice.current
    try {
      part = partOf(asked)
    } catch (error) {
      onUnknown(error)
    }
    return part
  }
  return switching({
    get current() {
      return current()
    },
    subscribe: (listener) => choice.subscribe(() => listener(current())),
  })
}
