import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'

describe('the links of the Markdown', () => {
  let folder: string
  let brokenLinks: (root: string) => readonly string[]
  before(async () => {
    const script: string = '../../scripts/parts/links.mjs'
    ;({ brokenLinks } = await import(script))
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kumquat-links-'))
    mkdirSync(join(folder, 'docs'))
    writeFileSync(join(folder, 'docs/page.md'), '# A *page*: one\n\n## Again\n\n## Again\n\n`## not` this\n')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const broken = (text: string): readonly string[] => {
    writeFileSync(join(folder, 'README.md'), text)
    return brokenLinks(folder)
  }

  it('may lead to files, folders, headings, and other hosts', () => {
    expect(
      broken('[a](docs/page.md) [b](docs) [c](docs/page.md#again-1) [d](https://example.org/x) [e](mailto:a@b.c)'),
    ).to.deep.equal([])
    expect(broken('# Here it is\n\n[a](#here-it-is) [b](docs/page.md#a-page-one)')).to.deep.equal([])
  })

  it('are named with their file when they lead nowhere', () => {
    expect(broken('![picture](docs/none.png)')).to.deep.equal(['README.md: the link to docs/none.png leads nowhere'])
    expect(broken('[a](docs/page.md#again-2)')).to.have.length(1)
    expect(broken('<img src="docs/none.png">')).to.have.length(1)
  })

  it('are not looked for in code', () => {
    expect(broken('`[a](none.md)`\n\n```\n[b](none.md)\n```\n')).to.deep.equal([])
  })
})
