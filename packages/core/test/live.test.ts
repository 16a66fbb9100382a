import { Cell } from '@kumquat/core'
import { expect } from 'chai'

describe('Cell', () => {
  it('tells of each change in order, and not of what it holds already', () => {
    const cell = new Cell(1)
    const told: number[] = []
    cell.subscribe((value) => told.push(value))
    for (const value of [1, 2, 2, 3, 1]) cell.set(value)
    expect(told).to.deep.equal([2, 3, 1])
    expect(cell.current).to.equal(1)
  })

  it('compares by identity', () => {
    const cell = new Cell<readonly number[]>([])
    let told = 0
    cell.subscribe(() => told++)
    cell.set(cell.current)
    cell.set([])
    expect(told).to.equal(1)
  })

  it('does not take a NaN for a change of NaN', () => {
    const cell = new Cell(Number.NaN)
    let told = 0
    cell.subscribe(() => told++)
    cell.set(Number.NaN)
    expect(told).to.equal(0)
  })

  it('tells nobody who has gone', () => {
    const cell = new Cell(0)
    const told: number[] = []
    const listening = cell.subscribe((value) => told.push(value))
    cell.set(1)
    listening[Symbol.dispose]()
    cell.set(2)
    expect(told).to.deep.equal([1])
  })

  it('tells nobody who was sent away by one told before', () => {
    const cell = new Cell(0)
    const told: number[] = []
    cell.subscribe(() => second[Symbol.dispose]())
    const second = cell.subscribe((value) => told.push(value))
    cell.set(1)
    expect(told).to.deep.equal([])
  })

  it('keeps two subscriptions of one function apart', () => {
    const cell = new Cell(0)
    let told = 0
    const listener = (): void => {
      told++
    }
    const first = cell.subscribe(listener)
    cell.subscribe(listener)
    first[Symbol.dispose]()
    cell.set(1)
    expect(told).to.equal(1)
  })

  it('tells a value set by a listener after the one being told, to everybody in the same order', () => {
    const cell = new Cell(0)
    const told: string[] = []
    cell.subscribe((value) => {
      told.push(`a${value}`)
      if (value < 3) cell.set(value + 1)
    })
    cell.subscribe((value) => told.push(`b${value}`))
    cell.set(1)
    expect(told).to.deep.equal(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
    expect(cell.current).to.equal(3)
  })

  it('shows a value at once to whoever reads it, also from within a listener', () => {
    const cell = new Cell(0)
    const seen: number[] = []
    cell.subscribe((value) => {
      if (value === 1) cell.set(2)
      seen.push(cell.current)
    })
    cell.set(1)
    expect(seen).to.deep.equal([2, 2])
  })

  it('tells one who joins during a change of the next change only', () => {
    const cell = new Cell(0)
    const told: number[] = []
    let joined = false
    cell.subscribe(() => {
      if (!joined) cell.subscribe((value) => told.push(value))
      joined = true
    })
    cell.set(1)
    cell.set(2)
    expect(told).to.deep.equal([2])
  })
})
