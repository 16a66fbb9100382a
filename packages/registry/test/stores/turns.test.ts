import { expect } from 'chai'
import { Turns } from '../../src/stores/turns.ts'
import { rejection } from '../rejection.ts'

describe('Turns', () => {
  const gate = (): { readonly opened: Promise<void>; open(): void } => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    return { opened, open: () => open() }
  }

  it('runs the tasks of one name in order, each after the end of the one before', async () => {
    const turns = new Turns()
    const first = gate()
    const events: string[] = []
    const task =
      (name: string, wait: Promise<void> = Promise.resolve()) =>
      async (): Promise<string> => {
        events.push(`begin ${name}`)
        await wait
        events.push(`end ${name}`)
        return name
      }
    const all = Promise.all([
      turns.take('a', task('1', first.opened)),
      turns.take('a', task('2')),
      turns.take('b', task('3')),
    ])
    await turns.take('b', async () => {})
    expect(events).to.deep.equal(['begin 1', 'begin 3', 'end 3'])
    first.open()
    expect(await all).to.deep.equal(['1', '2', '3'])
    expect(events.slice(3)).to.deep.equal(['end 1', 'begin 2', 'end 2'])
  })

  it('goes on after a task that failed', async () => {
    const turns = new Turns()
    const failing = rejection(turns.take('a', () => Promise.reject(new Error('bad'))))
    expect(await turns.take('a', async () => 'good')).to.equal('good')
    expect(await failing).to.have.property('message', 'bad')
  })
})
