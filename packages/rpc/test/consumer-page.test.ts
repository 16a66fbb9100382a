import { readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('docs/reference/consumer.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  /** The fields of an interface, in its source. */
  const fieldsOf = async (file: string, name: string): Promise<readonly string[]> => {
    const [, body] = new RegExp(`interface ${name} .*?\\{\\n(.*?)\\n\\}`, 's').exec(await read(`../src/${file}`))!
    return [...body!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field!)
  }

  it('lists every option of a consumer and of a call, and no other', async () => {
    const page = await read('../../../docs/reference/consumer.md')
    const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, option]) => option)
    const fields = [
      ...(await fieldsOf('consumer/cluster-of.ts', 'ClusterOptions')),
      ...(await fieldsOf('consumer/peers-of.ts', 'PeersOptions')),
      ...(await fieldsOf('consumer/consumer-options.ts', 'ConsumerOptions')),
      ...(await fieldsOf('client/call-options.ts', 'CallOptions')),
      ...(await fieldsOf('client/generic.ts', 'GenericOptions')),
    ]
    expect(fields).to.include.members(['balance', 'health', 'registry', 'constraints'])
    expect(listed).to.have.members(fields)
  })
})
