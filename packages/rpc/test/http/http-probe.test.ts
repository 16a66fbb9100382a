import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { providerRecord } from '@kumquat/core'
import { httpProbe } from '@kumquat/rpc'
import { expect } from 'chai'
import { listenersOn } from '../listeners.ts'

describe('httpProbe()', () => {
  const probe = httpProbe()
  const never = new AbortController().signal
  const servers: { close(): unknown }[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })
  const listening = async (server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<number> => {
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as { port: number }).port
  }
  const at = (port: number) => providerRecord({ host: '127.0.0.1', port })
  const answering = (answer: RequestListener): Promise<number> => listening(createServer(answer))

  it('takes any answer for life, that of a foreign server too', async () => {
    for (const status of [200, 404, 500, 503]) {
      const port = await answering((_, response) => response.writeHead(status).end('whatever'))
      expect(await probe(at(port), never)).to.equal('alive')
    }
  })

  it('finds gone who refuses connections, or says that it is leaving', async () => {
    const server = createServer()
    const port = await listening(server)
    await new Promise((resolve) => server.close(resolve))
    expect(await probe(at(port), never)).to.equal('gone')
    const leaving = await answering((_, response) => response.writeHead(200, { 'kq-closing': '1' }).end())
    expect(await probe(at(leaving), never)).to.equal('gone')
  })

  it('finds silent who hangs up, and who answers nothing until it is told to stop', async () => {
    const rude = await listening(createTcpServer((socket) => socket.destroy()) as never)
    expect(await probe(at(rude), never)).to.equal('silent')
    const enough = new AbortController()
    const mute = await answering(() => enough.abort())
    expect(await probe(at(mute), enough.signal)).to.equal('silent')
    expect(listenersOn(enough.signal)).to.equal(0)
  })
})
