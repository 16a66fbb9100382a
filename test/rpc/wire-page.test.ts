import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { providerRecord, silent } from '@kumquat/core'
import { memory, registrar } from '@kumquat/registry'
import { consumer, type Provider, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { MovieCatalog } from '../../examples/movie/service.ts'

const PAGE = new URL('../../docs/reference/wire.md', import.meta.url)

const blocks = (markdown: string, language: string): readonly string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block.trim())

describe('docs/reference/wire.md', () => {
  let serving: Provider
  let wire: string
  before(async () => {
    wire = await readFile(PAGE, 'utf8')
    serving = await provider({ registry: memory(), services: [new MovieCatalog()], quietMs: 10 })
  })
  after(() => serving.stop())

  it('shows requests that are answered as it says', async () => {
    const examples = wire.split(/^(?=```sh\n)/m).slice(1)
    expect(examples).to.have.length(7)
    for (const example of examples) {
      const [command = ''] = blocks(example, 'sh')
      const [prints = ''] = blocks(example, 'text')
      const answer = await curl(command.replace('localhost:20080', serving.address))
      for (const line of prints.split('\n')) expect(answer, command).to.contain(line.trim())
    }
  })

  it('shows a provider that is not ours, which is found and called', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'kumquat-'))
    const file = join(dir, 'foreign.mjs')
    const [program = ''] = blocks(wire, 'js')
    await writeFile(
      file,
      program.replace('.listen(20080)', ".listen(0, '127.0.0.1', function () { process.send(this.address().port) })"),
    )
    const child = fork(file, { execArgv: [] })
    const [port] = (await once(child, 'message')) as [number]
    const store = memory()
    const service = { app: 'movie', group: 'catalog' }
    await registrar(store).register(service, providerRecord({ host: '127.0.0.1', port }))
    const consuming = await consumer({ registry: store, logger: silent })
    const movies = consuming.client<{ getMovieById(id: number): unknown }>(service)
    expect(await movies.getMovieById(42)).to.deep.equal({ id: 42, title: 'Movie 42' })
    await consuming[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    child.kill('SIGKILL')
    await rm(dir, { recursive: true })
  })

  it('is understood by fetch as by curl', async () => {
    const response = await fetch(`http://${serving.address}/movie/catalog/getMovieById`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'connect-protocol-version': '1', 'connect-timeout-ms': '5000' },
      body: '42',
    })
    expect(response.status).to.equal(200)
    expect(await response.json()).to.include({ id: 42, title: 'The Abyss' })
    expect(response.headers.get('content-type')).to.equal('application/json')
  })
})

/** What `curl` would print, of the little of it that the page uses. */
async function curl(command: string): Promise<string> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  expect(words.shift()).to.equal('curl')
  const headers: Record<string, string> = {}
  let [method, url, body, isWhole] = ['GET', '', '', false]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-X') method = words.shift() ?? ''
    else if (word === '-d') body = words.shift() ?? ''
    else if (word === '-i') isWhole = true
    else if (word === '-H') {
      const [name = '', value = ''] = (words.shift() ?? '').split(': ')
      headers[name] = value
    } else url = `http://${word}`
  }
  const sent = request(url, { method, headers }).end(body)
  const [response] = await once(sent, 'response')
  const text = (await response.setEncoding('utf8').toArray()).join('')
  if (!isWhole) return text
  const head = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${response.statusCode} ${response.statusMessage}`, ...head, text].join('\n')
}
