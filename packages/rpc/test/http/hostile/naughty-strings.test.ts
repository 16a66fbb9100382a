import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { RpcError, silent } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { calling, type Serving, serving } from '../../serving.ts'

describe('a provider that is sent naughty strings', () => {
  let current: Serving
  let strings: readonly string[]
  before(async () => {
    const path = createRequire(import.meta.url).resolve('big-list-of-naughty-strings')
    strings = JSON.parse(await readFile(path, 'utf8'))
    expect(strings.length).to.be.greaterThan(400)
    current = await serving({ transport: { connect: httpConnect({ logger: silent }), listen: httpListen() } })
  })
  after(() => current[Symbol.asyncDispose]())

  const tried = (...invoking: Parameters<typeof calling>): Promise<unknown> =>
    current.endpoint.invoke(calling(...invoking)).then(
      ({ value }) => value,
      (error: unknown) => error,
    )

  it('gives them back as they were, as arguments', async () => {
    for (const text of strings)
      expect(await tried('echo', [text, { [`_${text}`]: text }])).to.deep.equal([text, { [`_${text}`]: text }])
  })

  it('carries them as attachments', async () => {
    for (const text of strings) {
      const attachments = { note: text }
      const value = (await tried('whoCalls', [], { attachments })) as { readonly attachments: object }
      expect(value.attachments).to.deep.equal(attachments)
    }
  })

  it('serves no method of such a name', async () => {
    for (const text of strings) {
      const error = await tried(encodeURIComponent(text) || '%20', [1])
      expect(RpcError.is(error) && error.outcome, JSON.stringify(text)).to.equal('not-run')
    }
  })

  it('takes none of them for a time, a caller or an encoding', async function () {
    this.timeout(60_000)
    const names = ['connect-timeout-ms', 'kq-caller', 'kq-attempt', 'baggage', 'content-encoding', 'accept-encoding']
    const send = async (name: string, text: string): Promise<void> => {
      const headers = { [name]: encodeURIComponent(text) }
      const answer = await fetch(`http://${current.address}/movie/catalog/nothing`, { method: 'POST', headers })
      expect(answer.status, JSON.stringify(headers)).to.be.oneOf([200, 400, 415, 504])
      await answer.text()
    }
    for (const text of strings) await Promise.all(names.map((name) => send(name, text)))
  })
})
