import { readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('the guides to filters', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  for (const [page, example] of [
    ['secure.md', 'secure-shop.test.ts'],
    ['write-a-filter.md', 'tenants.test.ts'],
  ] as const) {
    it(`${page} shows the very code that these tests compile and run`, async () => {
      const [code] = [...(await read(`../../../../docs/guides/${page}`)).matchAll(/```ts\n(.*?)```/gs)]
      expect(code?.[1]).to.equal(await read(example))
    })
  }
})
