import { Pool } from 'undici'

export interface Caller extends AsyncDisposable {
  call(id: number): Promise<unknown>
}

/** undici as its documentation shows it, on the same number of connections. */
export function bareClient(url: string): Caller {
  const pool = new Pool(url, { connections: 64, pipelining: 1 })
  return {
    async call(id) {
      const { body, statusCode } = await pool.request({
        method: 'POST',
        path: '/bench/items/getItem',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([id]),
      })
      const reply = await body.json()
      if (statusCode !== 200) throw new Error(`status ${statusCode}`)
      return reply
    },
    [Symbol.asyncDispose]: () => pool.close(),
  }
}
