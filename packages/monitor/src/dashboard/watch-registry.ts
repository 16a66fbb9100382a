import type { Clock, Live, SessionState } from '@kumquat/core'
import type { RegistryView } from './model.ts'

/** Watches the session with the registry, to say since when it is as it is. */
export interface RegistryWatch extends Disposable {
  readonly current: RegistryView
}

/** `url` may hold user and password; the view does not. */
export function watchRegistry(url: string, session: Live<SessionState>, clock: Clock): RegistryWatch {
  const shownUrl = url.replace(/\/\/[^/@]*@/, '//')
  let since = Math.round(clock.epoch())
  const watch = session.subscribe(() => {
    since = Math.round(clock.epoch())
  })
  return {
    get current() {
      return { url: shownUrl, state: session.current, since }
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  }
}
