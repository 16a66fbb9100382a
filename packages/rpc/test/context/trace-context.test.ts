import { expect } from 'chai'
import { traceContextOf } from '../../src/context/trace-context.ts'

describe('traceContextOf()', () => {
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

  it('reads what W3C allows', () => {
    expect(traceContextOf({ traceparent: parent })).to.deep.equal({ traceparent: parent })
    const tracestate = 'vendor=1,other=a/b'
    expect(traceContextOf({ traceparent: parent, tracestate })).to.deep.equal({ traceparent: parent, tracestate })
    const later = `cc${parent.slice(2)}-what.comes-next`
    expect(traceContextOf({ traceparent: later })).to.deep.equal({ traceparent: later })
  })

  const wrong: readonly string[] = [
    '',
    parent.slice(1),
    `${parent}0`,
    `${parent}-more`,
    `ff${parent.slice(2)}`,
    parent.toUpperCase(),
    parent.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    parent.replace('00f067aa0ba902b7', '0'.repeat(16)),
    parent.replaceAll('-', '_'),
    `${parent}\r\nx: y`,
    `cc${parent.slice(2)}-${'x'.repeat(300)}`,
  ]
  for (const traceparent of wrong) {
    it(`takes ${JSON.stringify(traceparent.slice(0, 70))} for nothing`, () => {
      expect(traceContextOf({ traceparent, tracestate: 'a=1' })).to.equal(undefined)
    })
  }

  it('leaves out a state that is empty, too long, of too many members, or no header', () => {
    const state = (tracestate: string): unknown => traceContextOf({ traceparent: parent, tracestate })?.tracestate
    expect(state('a'.repeat(512))).to.have.length(512)
    expect(state('a=1,'.repeat(31))).not.to.equal(undefined)
    for (const odd of ['', 'a'.repeat(513), 'a=1,'.repeat(32), 'a=\n']) expect(state(odd)).to.equal(undefined)
  })

  it('has nothing where nothing arrived', () => {
    expect(traceContextOf({})).to.equal(undefined)
  })
})
