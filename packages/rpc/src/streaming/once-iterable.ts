import { formatServiceKey, type Invocation } from '@kumquat/core'

/**
 * Something that can be gone through once. Nothing is made before it is.
 *
 * @throws TypeError from the second iteration on.
 */
export function onceIterable(
  { service, method }: Pick<Invocation, 'service' | 'method'>,
  open: () => AsyncIterator<unknown>,
): AsyncIterable<unknown> {
  let isOpened = false
  return {
    [Symbol.asyncIterator]() {
      if (isOpened) {
        throw new TypeError(
          `this stream of ${formatServiceKey(service)}/${method} was iterated already: call the method again for another`,
        )
      }
      isOpened = true
      return open()
    },
  }
}
