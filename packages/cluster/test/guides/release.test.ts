import { readFile } from 'node:fs/promises'
import { conditionRules, faultRule, grayRule, type Peers } from '@kumquat/cluster'
import { Cell } from '@kumquat/core'
import { expect } from 'chai'
import { call, peer } from '../parts.ts'
import { releasing } from './releasing.ts'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')
const blocks = async (language: string): Promise<readonly string[]> => {
  const guide = await read('../../../../docs/guides/release.md')
  return [...guide.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code!)
}

describe('docs/guides/release.md', () => {
  it('shows the very code that these tests compile and run', async () => {
    expect(await blocks('ts')).to.deep.equal([await read('releasing.ts')])
  })

  it('shows rules that do what it says', async () => {
    const [release, rules, faults] = (await blocks('json')).map((text): unknown => JSON.parse(text))
    expect(faultRule(faults)).to.equal(faults)
    const peers = new Cell<Peers>([
      peer(1, { zone: 'east' }),
      peer(2, { zone: 'west' }),
      peer(3, { zone: 'west', gray: true }),
    ])
    const invoke = releasing(peers, new Cell(grayRule(release)), conditionRules(rules))
    const answers = async (user: string, caller: string): Promise<ReadonlySet<unknown>> => {
      const seen = new Set<unknown>()
      for (let i = 0; i < 60; i++) seen.add((await invoke(call({ attachments: { user }, caller }))).value)
      return seen
    }
    expect(await answers('ann', 'desk')).to.deep.equal(new Set(['10.0.0.1:20003']))
    for (const id of await answers('bob', 'shop')) expect(id).to.be.oneOf(['10.0.0.1:20001', '10.0.0.1:20002'])
    expect(await answers('bob', 'report-daily')).to.deep.equal(new Set(['10.0.0.1:20001']))
  })
})
