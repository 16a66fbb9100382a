import net from 'node:net'
import { work } from '../work.mjs'

// The limit: JSON in length-prefixed frames over one socket, those of one turn of the event loop in one write. No deadline,
// no error, no balancing, no limits.

export async function serve() {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true)
    const write = writer(socket)
    read(socket, (id, text) => write(id, JSON.stringify(work(JSON.parse(text).args[0]))))
    socket.on('error', () => {})
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return String(server.address().port)
}

export async function connect(addresses) {
  const lines = await Promise.all(addresses.map(line))
  let turn = 0
  return (asked) => lines[turn++ % lines.length](asked)
}

async function line(port) {
  const socket = net.connect(Number(port), '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.setNoDelay(true)
  const write = writer(socket)
  const waiting = new Map()
  let last = 0
  read(socket, (id, text) => {
    const resolve = waiting.get(id)
    waiting.delete(id)
    resolve(JSON.parse(text))
  })
  return (asked) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve)
      write(last, JSON.stringify({ method: 'bench/items/getItem', args: [asked] }))
    })
}

function writer(socket) {
  let slab = Buffer.allocUnsafeSlow(SLAB)
  let start = 0
  let end = 0
  let due = false
  const flush = () => {
    due = false
    if (end > start) socket.write(slab.subarray(start, end))
    start = end
  }
  return (id, text) => {
    const most = 8 + text.length * 3
    if (end + most > slab.length) {
      flush()
      slab = Buffer.allocUnsafeSlow(Math.max(SLAB, most))
      start = end = 0
    }
    const length = slab.utf8Write(text, end + 8)
    slab.writeUInt32BE(length, end)
    slab.writeUInt32BE(id, end + 4)
    end += 8 + length
    if (due) return
    due = true
    process.nextTick(flush)
  }
}

function read(socket, handle) {
  let pieces = []
  let size = 0
  let wanted = 8
  socket.on('data', (chunk) => {
    pieces.push(chunk)
    size += chunk.length
    if (size < wanted) return
    const bytes = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
    let at = 0
    wanted = 8
    while (bytes.length - at >= 8) {
      const length = bytes.readUInt32BE(at)
      if (bytes.length - at - 8 < length) {
        wanted = length + 8
        break
      }
      handle(bytes.readUInt32BE(at + 4), bytes.utf8Slice(at + 8, at + 8 + length))
      at += 8 + length
    }
    pieces = at < bytes.length ? [bytes.subarray(at)] : []
    size = bytes.length - at
  })
}

const SLAB = 256 * 1_024
