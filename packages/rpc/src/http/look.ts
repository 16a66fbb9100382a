import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '@kumquat/core'
import type { AnswerController, AnswerHandler, HttpPool } from './pool.ts'
import { CLOSING, READY_PATH } from './wire.ts'

/**
 * Whether the peer answers and is not about to leave. Any answer will do: a foreign server knows nothing of our paths.
 */
export function look(pool: HttpPool, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    let isBack = false
    const timer = clock.after(PATIENCE_MS, () => {
      controller?.abort(new Error('no answer in time'))
      resolve(false)
    })
    let controller: AnswerController | undefined
    const end = (answer: boolean): void => {
      timer[Symbol.dispose]()
      resolve(answer)
    }
    const handler: AnswerHandler = {
      onRequestStart(begun) {
        controller = begun
      },
      onResponseStart(_, status, headers: IncomingHttpHeaders) {
        if (status >= 200) isBack = headers[CLOSING] === undefined
      },
      onResponseData() {},
      onResponseEnd: () => end(isBack),
      onResponseError: () => end(false),
    }
    pool.get(READY_PATH, handler)
  })
}

const PATIENCE_MS = 1_000
