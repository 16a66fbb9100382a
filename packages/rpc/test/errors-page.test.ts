import { readFile } from 'node:fs/promises'
import { RPC_ERROR_CODES } from '@kumquat/core'
import { expect } from 'chai'
import { STATUS_OF } from '../src/http/wire.ts'

const PAGE = new URL('../../../docs/reference/errors.md', import.meta.url)

describe('docs/reference/errors.md', () => {
  it('has every code, with its HTTP status', async () => {
    const rows = (await readFile(PAGE, 'utf8')).matchAll(/^\| `(\w+)` \| (\d{3})/gm)
    const listed = [...rows].map(([, code, status]) => [code, Number(status)])
    expect(listed).to.deep.equal(RPC_ERROR_CODES.map((code) => [code, STATUS_OF[code]]))
  })
})
