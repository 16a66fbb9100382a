import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { parentOf } from './process-group.ts'
import { introduced, type RunningDemo, runDemo } from './run-demo.ts'

describe('npm start', function () {
  this.timeout(60_000)

  // One for all: it also holds what the TypeScript loader has compiled.
  let temporary: string
  before(() => {
    temporary = mkdtempSync(join(tmpdir(), 'kumquat-test-'))
  })
  afterEach(() => {
    for (const name of folders()) rmSync(join(temporary, name), { recursive: true })
  })
  after(() => rmSync(temporary, { recursive: true }))

  const start = (...args: readonly string[]): RunningDemo => runDemo(args, { temporary })
  const folders = (): readonly string[] => readdirSync(temporary).filter((name) => name.startsWith('kumquat-'))
  const expectNothingLeft = async (demo: RunningDemo): Promise<void> => {
    await eventually(() => expect(demo.processes()).to.deep.equal([]), { withinMs: 1_000 })
    expect(folders(), 'folders left').to.deep.equal([])
  }

  it('calls every stable provider, never the gray one, fails no call and leaves nothing', async () => {
    await using demo = start('--seconds', '4', '--rate', '100', '--json')
    const { status, report, stdout } = await demo.ended()
    expect(report, demo.said()).to.not.equal(undefined)
    const { failed, calls, providers, dashboard } = report!
    expect({ status, failed }, demo.said()).to.deep.equal({ status: 0, failed: 0 })
    expect(calls).to.be.within(200, 440)
    expect(providers.map(({ gray }) => gray)).to.deep.equal([false, false, true])
    expect(providers.map((provider) => provider.calls > 0)).to.deep.equal([true, true, false])
    expect(providers.reduce((sum, provider) => sum + provider.calls, 0)).to.equal(calls)
    expect(dashboard).to.match(/^http:\/\/127\.0\.0\.1:\d+/)
    expect(stdout.trimEnd().split('\n')).to.have.length(1)
    await expectNothingLeft(demo)
  })

  it('serves the dashboard while it runs, and no longer', async () => {
    await using demo = start('--seconds', '5', '--rate', '50', '--json')
    await introduced(demo)
    const [, url] = /^dashboard (\S+)$/m.exec(demo.said()) ?? []
    const snapshot = await eventually(async () => {
      const answer = await (await fetch(new URL('/api/snapshot', url))).json()
      expect(answer.services[0].calls).to.be.greaterThan(0)
      return answer
    })
    expect(snapshot.services[0].instances).to.have.length(3)
    await demo.ended()
    await fetch(url!).then(
      () => expect.fail(`${url} still answers`),
      () => {},
    )
  })

  it('takes no more than one provider, and then has no gray one', async () => {
    await using demo = start('--providers', '1', '--seconds', '2', '--json')
    const { status, report } = await demo.ended()
    expect({ status, gray: report?.providers.map(({ gray }) => gray) }).to.deep.equal({ status: 0, gray: [false] })
  })

  it('ends in good order on Ctrl-C, which reaches all its processes', async () => {
    await using demo = start('--json', '--rate', '50')
    await introduced(demo)
    demo.signal('SIGINT', { everywhere: true })
    const { status, report } = await demo.ended()
    expect({ status, failed: report?.failed }, demo.said()).to.deep.equal({ status: 0, failed: 0 })
    await expectNothingLeft(demo)
  })

  it('ends in good order on a SIGTERM to the script', async () => {
    await using demo = start('--json', '--rate', '50')
    await introduced(demo)
    demo.signal('SIGTERM')
    const { status, report } = await demo.ended()
    expect({ status, failed: report?.failed }, demo.said()).to.deep.equal({ status: 0, failed: 0 })
    await expectNothingLeft(demo)
  })

  it('ends in good order when it is interrupted before the first call', async () => {
    await using demo = start('--json')
    await eventually(() => expect(folders()).to.have.length(1), { withinMs: 20_000 })
    demo.signal('SIGINT', { everywhere: true })
    const { status, stdout } = await demo.ended()
    expect({ status, stdout }).to.deep.equal({ status: 130, stdout: '' })
    await expectNothingLeft(demo)
  })

  it('ends in good order when nobody reads what it says', async () => {
    await using demo = start('--json', '--rate', '50')
    await introduced(demo)
    demo.closeOutput()
    const { stderr } = await demo.ended()
    expect(stderr).to.not.match(/Error/)
    await expectNothingLeft(demo)
  })

  it('leaves no child behind when it is killed itself', async () => {
    await using demo = start('--json')
    const [provider] = await introduced(demo)
    process.kill(parentOf(provider!.pid), 'SIGKILL')
    await eventually(() => expect(demo.processes()).to.deep.equal([]), { withinMs: 20_000 })
  })

  it('says which option is wrong, starts nothing, and ends with status 2', async () => {
    await using demo = start('--rate', 'many')
    const { status, stdout, stderr } = await demo.ended()
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' })
    expect(stderr.trimEnd().split('\n')).to.deep.equal([
      '--rate many is not a number from 1 to 5000',
      'npm start -- --help lists the options.',
    ])
  })

  it('says that a registry URL is wrong, and which there are', async () => {
    await using demo = start('--registry', 'zoo:here', '--json')
    const { status, stderr, stdout } = await demo.ended()
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.match(/^The demo cannot run: .*zoo:here.*zookeeper:.*\n$/)
  })

  it('says why its providers cannot register', async () => {
    writeFileSync(join(temporary, 'file'), '')
    await using demo = start('--registry', `file:${temporary}/file/below`, '--json')
    const { status, stderr, stdout } = await demo.ended()
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.match(/^The demo cannot run: .*a file stands where a folder should be.*\n$/)
    await expectNothingLeft(demo)
  })

  it('says that the port of the dashboard is taken, and leaves nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((listening) => server.once('listening', listening))
    const { port } = server.address() as { port: number }
    await using demo = start('--port', String(port), '--json')
    const { status, stderr } = await demo.ended()
    server.close()
    expect(status).to.equal(1)
    expect(stderr).to.match(new RegExp(`^The demo cannot run: .*${port}.*\n$`))
    await expectNothingLeft(demo)
  })
})
