import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('docs/reference/filters.md', () => {
  const SRC = new URL('../src/', import.meta.url)
  const page = (): Promise<string> => readFile(new URL('../../../docs/reference/filters.md', import.meta.url), 'utf8')
  const source = (path: string): Promise<string> => readFile(new URL(path, SRC), 'utf8')

  /** The functions of these folders that make a filter. */
  const makersIn = async (...folders: readonly string[]): Promise<readonly string[]> => {
    const makers: string[] = []
    for (const folder of folders) {
      for (const file of await readdir(new URL(`${folder}/`, SRC), { recursive: true })) {
        if (!file.endsWith('.ts') || file === 'order.ts') continue
        for (const [, name, , made] of (await source(`${folder}/${file}`)).matchAll(FUNCTION))
          if (FILTER.test(made!)) makers.push(name!)
      }
    }
    return makers
  }
  const FUNCTION = /^export (?:async )?function (\w+)(<[^(]*>)?\([\s\S]*?\): ([^{}]+) \{$/gm
  const FILTER = /^(?:Promise<)?(?:Filter<|(?:Access|AdaptiveLimit|Cache|Tracing)\b)/

  it('lists every filter, and nothing else', async () => {
    const makers = await makersIn('filters', 'security', 'context')
    expect(makers).to.include.members(['limit', 'adaptiveLimit', 'cached', 'tracing', 'rateLimit', 'access', 'signed'])
    const listed = [...(await page()).matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name)
    expect(listed).to.have.members(makers)
  })

  it('has every place of the order, as it is', async () => {
    const order = await source('filters/order.ts')
    const places = ['aroundCall', 'aroundAttempt', 'aroundServing'].map((name) => {
      const [, body] = new RegExp(`function ${name}\\(.*?return compose\\(\\n(.*?)\\n {2}\\)`, 's').exec(order)!
      return body!
        .split('\n')
        .map(
          (line) =>
            /(?:given\(|\.\.\.)?(\w+)[()\s,]/.exec(
              line.trim().replace('...(observer ? [', '').replace('...given(', '').replace('...', ''),
            )![1],
        )
    })
    const listed = [...(await page()).matchAll(/^\d+\. `(\w+)`/gm)].map(([, name]) => name)
    expect(listed).to.deep.equal(places.flat())
  })
})
