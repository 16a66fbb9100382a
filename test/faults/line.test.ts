import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { sleep, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { type Line, lineTo } from './line.ts'

describe('a line with switches', () => {
  let echo: Server
  let line: Line
  const clients: Socket[] = []
  before(async () => {
    echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
  })
  beforeEach(async () => {
    const address = echo.address()
    line = await lineTo(typeof address === 'object' && address ? address.port : 0)
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await line[Symbol.asyncDispose]()
  })
  after(() => void echo.close())

  const client = (): { socket: Socket; heard: () => string; end: () => string } => {
    const socket = connect(line.port, '127.0.0.1').setEncoding('utf8')
    clients.push(socket)
    let [heard, end] = ['', '']
    socket.on('data', (text) => {
      heard += text
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      end = code ?? ''
    })
    return { socket, heard: () => heard, end: () => end }
  }

  it('passes everything on', async () => {
    const { socket, heard } = client()
    socket.write('a')
    await eventually(() => expect(heard()).to.equal('a'))
  })

  it('resets both what is connected and what comes when it is cut', async () => {
    const before = client()
    before.socket.write('a')
    await eventually(() => expect(before.heard()).to.equal('a'))
    line.cut()
    await eventually(() => expect(before.end()).to.equal('ECONNRESET'))
    const later = client()
    await eventually(() => expect(later.end()).to.equal('ECONNRESET'))
  })

  it('swallows what is sent when it is half open, closes nothing, and resets it when healed', async () => {
    const { socket, heard, end } = client()
    socket.write('a')
    await eventually(() => expect(heard()).to.equal('a'))
    line.halfOpen()
    socket.write('b')
    await sleep(systemClock, 50)
    expect([heard(), end(), socket.destroyed]).to.deep.equal(['a', '', false])
    line.heal()
    await eventually(() => expect(end()).to.equal('ECONNRESET'))
    const after = client()
    after.socket.write('c')
    await eventually(() => expect(after.heard()).to.equal('c'))
  })

  it('passes on in order what it slows down', async () => {
    line.slow(30)
    const { socket, heard } = client()
    for (const letter of 'abc') socket.write(letter)
    expect(heard()).to.equal('')
    await eventually(() => expect(heard()).to.equal('abc'))
  })
})
