import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { secretKey } from '../../src/security/secret-key.ts'
import { formatCredentials, parseCredentials, signatureOf } from '../../src/security/signature.ts'

describe('a signature', () => {
  it('is made as docs/reference/wire.md says', async () => {
    const page = await readFile(new URL('../../../../docs/reference/wire.md', import.meta.url), 'utf8')
    const [lines, header] = [...page.matchAll(/```plain\n(.*?)\n```/gs)].map(([, block]) => block!)
    const credentials = parseCredentials(header!.replace('authorization: ', ''))!
    const { caller, at, nonce } = credentials
    const service = { app: 'shop', group: 'tills' }
    const secret = secretKey('web-2026', 'the secret of the web, 2026')
    const signature = signatureOf({ service, method: 'refund', argsText: '[7]', caller, at, nonce }, secret)
    expect(signature.toString('base64url')).to.equal(credentials.signature)
    expect(lines!.split('\n')).to.deep.include.members(['/shop/tills/refund', caller, String(at), nonce])
    expect(formatCredentials(credentials)).to.equal(header!.replace('authorization: ', ''))
  })

  it('is read only in its one form', () => {
    const good = `Kumquat-HMAC-SHA256 key=k,caller=,at=1,nonce=${'n'.repeat(16)},signature=${'s'.repeat(43)}`
    expect(parseCredentials(good)).to.include({ keyId: 'k', caller: '', at: 1 })
    const odd = [
      good.toLowerCase(),
      ` ${good}`,
      `${good}\n`,
      good.replace('at=1', 'at=-1'),
      good.replace('at=1', 'at=1e3'),
      good.replace('caller=', 'caller=a b'),
      good.replace('n'.repeat(16), 'n'.repeat(15)),
      good.replace('s'.repeat(43), 's'.repeat(44)),
      good.replace('key=k', `key=${'k'.repeat(700)}`),
      good.replace('key=k,', ''),
    ]
    for (const header of odd) expect(parseCredentials(header), header).to.equal(undefined)
  })
})
