import { readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('docs/reference/provider.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  /** The fields of an interface, in its source: its own, and those it picks of another. */
  const fieldsOf = async (file: string, name: string): Promise<readonly string[]> => {
    const source = await read(`../src/${file}`)
    const [, head, body] = new RegExp(`interface ${name}\\b(.*?)\\{\\n(.*?)\\n\\}`, 's').exec(source)!
    const picked = [...head!.matchAll(/'(\w+)'/g)].map(([, field]) => field!)
    const own = [...body!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field!)
    return [...new Set([...picked, ...own])]
  }
  const listedIn = (text: string): readonly string[] =>
    [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, option]) => option!)

  let parts: readonly string[]
  before(async () => {
    parts = (await read('../../../docs/reference/provider.md')).split(/^(?=## Of its )/m)
    expect(parts).to.have.length(3)
  })

  it('lists every option of a provider, and no other', async () => {
    const fields = [
      ...(await fieldsOf('provider/provider-options.ts', 'Advertised')),
      ...(await fieldsOf('provider/provider-options.ts', 'ProviderOptions')),
      ...(await fieldsOf('filters/protection-options.ts', 'ProtectionOptions')),
    ]
    expect(fields).to.include.members(['gray', 'version', 'services', 'health', 'auth'])
    expect(listedIn(parts[0]!)).to.have.members(fields)
  })

  it('lists every option of its health check, and no other', async () => {
    const fields = await fieldsOf('provider/health-check.ts', 'HealthOptions')
    expect(fields).to.include.members(['check', 'failures'])
    expect(listedIn(parts[1]!)).to.have.members(fields)
  })

  it('lists every option of its server, and no other', async () => {
    const fields = [
      ...(await fieldsOf('http/http-listen-options.ts', 'CallLimits')),
      ...(await fieldsOf('http/http-listen-options.ts', 'HttpListenOptions')),
      ...(await fieldsOf('stream/stream-listen.ts', 'StreamListenOptions')),
    ]
    expect(fields).to.include.members(['maxDepth', 'tls', 'heartbeatMs'])
    expect(listedIn(parts[2]!)).to.have.members(fields)
  })

  it('names the same defaults as the source', async () => {
    const page = parts.join('')
    for (const [file, ...defaults] of [
      ['provider/start.ts', 'quietMs', 'noticeMs', 'drainTimeoutMs', 'registerTimeoutMs'],
      ['provider/health-check.ts', 'intervalMs', 'timeoutMs', 'failures', 'successes'],
    ] as const) {
      const source = await read(`../src/${file}`)
      for (const name of defaults) {
        const [, value = ''] = new RegExp(`\\b${name}(?:: \\w+)? = ([\\d_]+)`).exec(source)!
        expect(page).to.contain(`| \`${name}\` | ${value.replace('_', ' ')} |`)
      }
    }
  })
})
