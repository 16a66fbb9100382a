import { readFile } from 'node:fs/promises'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { checked } from './checked.ts'
import { maintained, warmed } from './later.ts'

describe('docs/guides/stop-and-start.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  it('shows code that is compiled and run here', async () => {
    const guide = await read('../../../../docs/guides/stop-and-start.md')
    const shown = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)
    expect(shown).to.deep.equal([await read('./later.ts'), await read('./checked.ts')])
  })

  it('registers when the cache is warm, and takes the provider out for maintenance', async () => {
    const serving = await warmed('memory:', new Movies(), Promise.resolve())
    await eventually(() => expect(serving.readiness).to.equal('ready'))
    await maintained(serving, async () => {
      expect(serving.readiness).to.equal('away')
    })
    expect(serving.readiness).to.equal('ready')
    await serving.stop()
  })

  it('keeps a provider out whose folder is gone', async () => {
    const [well, ill] = await Promise.all([
      checked('memory:', new Movies(), '/'),
      checked('memory:', new Movies(), '/nowhere-at-all'),
    ])
    expect([well.readiness, ill.readiness]).to.deep.equal(['ready', 'starting'])
    await Promise.all([well.stop(), ill.stop()])
  })
})
