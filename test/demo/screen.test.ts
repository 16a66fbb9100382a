import { expect } from 'chai'
import { figuresBetween } from '../../examples/demo/figures.ts'
import { screenOn } from '../../examples/demo/screen.ts'
import { emptyTally } from '../../examples/demo/tally.ts'
import type { View } from '../../examples/demo/view.ts'

describe('the screen of the demo', () => {
  it('gives a log one line a view, without control characters', () => {
    const written: string[] = []
    const screen = screenOn({ write: (text: string) => written.push(text) > 0 })
    screen.say('a sentence')
    screen.show(viewAt(1))
    screen.show(viewAt(2))
    expect(written.map((text) => text.split('\n').length)).to.deep.equal([2, 2, 2])
    expect(written.join('')).not.to.include('\x1b')
    expect(written[2]).to.match(/^2 s {2}100 calls\/s .*0 failed .*127\.0\.0\.1:4001 up 75 %/)
  })

  it('draws a view over the one before on a terminal, and keeps sentences above it', () => {
    const terminal = emulated()
    const screen = screenOn({ write: terminal.write, isTTY: true })
    screen.show(viewAt(1))
    terminal.write('^C')
    screen.say('provider 127.0.0.1:4001 ended')
    screen.show(viewAt(2))
    const text = terminal.text()
    expect(text.match(/provider 127\.0\.0\.1:4001 ended/g)).to.have.length(1)
    expect(text.match(/calls\/s/g)).to.have.length(1)
    expect(text).to.match(/^provider .*ended\nKumquat {2}2 s/)
  })

  it('draws no more lines than the terminal has', () => {
    const terminal = emulated()
    const screen = screenOn({ write: terminal.write, isTTY: true, rows: 5 })
    screen.show(viewAt(1))
    screen.show(viewAt(2))
    expect(terminal.text().trimEnd().split('\n')).to.have.length(4)
  })
})

function viewAt(seconds: number): View {
  const after = { ...emptyTally(), calls: 100, answered: { '127.0.0.1:4001': 75, '127.0.0.1:4002': 25 } }
  return {
    elapsedMs: seconds * 1_000,
    figures: figuresBetween(emptyTally(), after, 1_000),
    tally: after,
    providers: [{ address: '127.0.0.1:4001', port: 4001, pid: 7, gray: false, state: 'up' }],
    registry: 'memory:',
    dashboard: 'http://127.0.0.1:9',
  }
}

/** As much of a terminal as the screen makes use of: up, and clear to the end. Colours and modes are left out. */
function emulated() {
  const lines: string[] = ['']
  return {
    write(text: string) {
      for (const [, up, clear, newline, plain] of text.replaceAll('\x1b', '␛').matchAll(CONTROLS)) {
        if (up !== undefined) lines.splice(lines.length - 1 - Number(up))
        if (up !== undefined || newline !== undefined) lines.push('')
        if (clear !== undefined) lines[lines.length - 1] = ''
        if (plain !== undefined) lines[lines.length - 1] += plain
      }
      return true
    },
    text: () => lines.join('\n'),
  }
}

const CONTROLS = /␛\[(\d+)A|(␛\[0J)|(\n)|([^␛\n]+)|␛\[[?\d]*[a-z]/g
