import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { FrameType } from '../../src/stream/frame.ts'

describe('docs/reference/frames.md', () => {
  it('lists every type of frame that is sent, with its number', async () => {
    const page = await readFile(new URL('../../../../docs/reference/frames.md', import.meta.url), 'utf8')
    const listed = [...page.matchAll(/^\| (\d+) \| ([a-z ]+) \| (?:caller|provider|both) \|/gm)].map(
      ([, type, name]) => [name, Number(type)],
    )
    const named = Object.entries(FrameType).map(([name, type]) => [name === 'goAway' ? 'go away' : name, type])
    expect(listed).to.deep.equal(named)
  })
})
