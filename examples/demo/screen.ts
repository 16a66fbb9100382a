import type { WriteStream } from 'node:tty'
import { frame, line, type View } from './view.ts'

/** Where the demo talks to people. */
export interface Screen {
  say(sentence: string): void
  show(view: View): void
}

/** A terminal is redrawn in place; anything else gets a line a time. */
export function screenOn(stream: Output): Screen {
  return stream.isTTY ? redrawing(stream) : logging(stream)
}

type Output = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'rows'>>

function logging(stream: Output): Screen {
  return {
    say: (sentence) => void stream.write(`${sentence}\n`),
    show: (view) => void stream.write(`${line(view)}\n`),
  }
}

const CLEAR_TO_END = '\x1b[0J'
const WRAP_OFF = '\x1b[?7l'
const WRAP_ON = '\x1b[?7h'

function redrawing(stream: Output): Screen {
  let drawn: readonly string[] = []
  const back = (): string => (drawn.length === 0 ? '' : `\r\x1b[${drawn.length}A`)
  const draw = (sentences: string, lines: readonly string[]): void => {
    const before = back()
    // The way back counts lines: one of the frame is one of the terminal whatever its width, and all are on the screen.
    drawn = lines.slice(0, (stream.rows ?? Number.POSITIVE_INFINITY) - 1)
    const text = drawn.map((text) => `${text}\n`).join('')
    stream.write(`${before}${CLEAR_TO_END}${sentences}${WRAP_OFF}${text}${WRAP_ON}`)
  }
  return {
    say: (sentence) => draw(`${sentence}\n`, drawn),
    show: (view) => draw('', frame(view)),
  }
}
