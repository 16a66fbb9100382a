import { silent } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'
import { calling, type Serving, serving } from '../../serving.ts'
import { broken, either, invalid, valid } from './json-bodies.ts'

describe('a provider that is sent JSON of any kind', () => {
  let current: Serving
  before(async () => {
    current = await serving({ transport: { connect: httpConnect({ logger: silent }), listen: httpListen() } })
  })
  after(async () => {
    expect((await current.endpoint.invoke(calling('echo', [1]))).value).to.deep.equal([1])
    await current[Symbol.asyncDispose]()
  })

  const post = async (body: string | Uint8Array) => {
    const answer = await fetch(`http://${current.address}/movie/catalog/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body as string,
    })
    return {
      status: answer.status,
      json: (await answer.json()) as { readonly code?: string; readonly outcome?: string },
    }
  }

  it(`takes ${valid.length} bodies that are JSON, for what they say`, async () => {
    for (const body of valid) {
      const value: unknown = JSON.parse(body)
      const { status, json } = await post(body)
      expect(status, body).to.equal(200)
      expect(json, body).to.deep.equal(JSON.parse(JSON.stringify(Array.isArray(value) ? value : [value])))
    }
  })

  it(`refuses ${invalid.length} bodies that are none`, async () => {
    for (const body of invalid) {
      const { status, json } = await post(body)
      expect([status, json.code, json.outcome], JSON.stringify(body)).to.deep.equal([
        400,
        'invalid_argument',
        'not-run',
      ])
    }
  })

  it(`takes or refuses ${either.length + broken.length} bodies about which one may differ`, async () => {
    for (const body of [...either, ...broken.map((bytes) => Uint8Array.from(bytes))]) {
      expect((await post(body)).status, String(body)).to.be.oneOf([200, 400])
    }
  })

  const admin = '{"admin":true}'
  for (const body of [
    `{"__proto__":${admin}}`,
    `[{"a":[{"__proto__":${admin}}]}]`,
    `[{"\\u005f_proto__":${admin}}]`,
    `[{"__pr\\u006fto__" \n: ${admin}}]`,
    `[{"constructor":{"prototype":${admin}}}]`,
    `[[[{"a":{"constructor":{"prototype":${admin}}}}]]]`,
    `[{"c\\u006fnstructor":{"prototype":${admin}}}]`,
  ]) {
    it(`refuses the poison in ${body}`, async () => {
      const { status, json } = await post(body)
      expect([status, json.code]).to.deep.equal([400, 'invalid_argument'])
      expect(({} as { readonly admin?: boolean }).admin).to.equal(undefined)
    })
  }
})
