import { Cell, type Live } from '@kumquat/core'
import { expect } from 'chai'
import { type Choice, chosen } from '../../src/consumer/choice.ts'

type Part = () => string

describe('chosen()', () => {
  const setup = () => {
    const made: string[] = []
    const errors: unknown[] = []
    const named = (name: string): Part => {
      if (name.startsWith('no')) throw new TypeError(`unknown ${name}`)
      made.push(name)
      return () => `${name} ${made.length}`
    }
    const switching =
      (live: Live<Part>): Part =>
      () =>
        live.current()
    const choose = (choice: Choice<Part>) =>
      chosen(choice, { named, switching, onUnknown: (error) => void errors.push(error) })
    return { made, errors, choose }
  }

  it('is the part itself, or that of a name', () => {
    const { choose } = setup()
    const part: Part = () => ''
    expect(choose(part)).to.equal(part)
    expect(choose('one')()).to.equal('one 1')
    expect(() => choose('none')).to.throw(TypeError, 'unknown none')
  })

  it('follows what changes, and finds what a name stood for as it was', () => {
    const { choose, made } = setup()
    const live = new Cell<Part | string>('one')
    const part = choose(live)
    expect(part()).to.equal('one 1')
    live.set('two')
    expect(part()).to.equal('two 2')
    live.set(() => 'own')
    expect(part()).to.equal('own')
    live.set('one')
    part()
    expect(made).to.deep.equal(['one', 'two'])
  })

  it('keeps what it has when a name stands for nothing, and says so once', () => {
    const { choose, errors } = setup()
    const live = new Cell<Part | string>('one')
    const part = choose(live)
    live.set('none')
    expect([part(), part()]).to.deep.equal(['one 1', 'one 1'])
    expect(errors.map(String)).to.deep.equal(['TypeError: unknown none'])
    live.set('two')
    expect(part()).to.equal('two 2')
  })

  it('throws at once when it begins with a name that stands for nothing', () => {
    expect(() => setup().choose(new Cell('none'))).to.throw(TypeError, 'unknown none')
  })
})
