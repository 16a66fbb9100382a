// The process that talks to ZooKeeper on behalf of its parent, and lives no longer than that: when the channel to it ends,
// however that comes about, the session is closed at once and with it all that is held. A parent that hangs loses its session
// too, until it is back.

import { systemClock } from '@kumquat/core'
import { Turns } from '../../turns.ts'
import type { Failure, FromChild, Question, Setting, ToChild } from '../protocol.ts'
import { ParentWatch } from './parent-watch.ts'
import type { Session } from './session.ts'
import type { Tree } from './tree.ts'

let session: Session | undefined
let tree: Tree | undefined
let parent: ParentWatch | undefined
const turns = new Turns()

const leave = (): never => {
  session?.close()
  process.exit(0)
}
process.title = 'kumquat-zookeeper'
process.on('disconnect', leave)
// Ctrl-C reaches every process of the terminal; but it is for the parent to say goodbye, and then to let us go.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

process.on('message', (message: ToChild) => {
  parent?.heard()
  if ('alive' in message) return
  if ('start' in message) void start(message.start).catch(unusable)
  else if ('question' in message) void reply(message.id, message.question)
  else if ('forget' in message) tree?.forget(message.forget)
  else leave()
})
if (!process.connected) leave()

/** Loads the driver only now: if that fails, the parent is to hear why. */
async function start(setting: Setting): Promise<void> {
  const [{ Session }, { Tree }] = await Promise.all([import('./session.ts'), import('./tree.ts')])
  session = new Session(setting, systemClock, {
    opened: (client) => {
      tree = new Tree(client, setting.root)
    },
    news: (news) => say({ session: news }),
    changed: (full) => {
      const path = full.slice(setting.root.length) || '/'
      tree?.touch(path)
      say({ changed: path })
    },
  })
  parent = new ParentWatch({
    clock: systemClock,
    hungAfterMs: setting.hungAfterMs,
    ask: () => say({ areYouAlive: true }),
    hung: () => session?.end(),
    back: () => session?.begin(),
  })
}

async function reply(id: number, question: Question): Promise<void> {
  try {
    say({ id, answer: await answer(question) })
  } catch (error) {
    say({ id, failure: failureOf(error) })
  }
}

function answer(question: Question): Promise<unknown> | undefined {
  const ask = (): Promise<unknown> | undefined => tree?.[question.op](question as never)
  // A claim that its asker has given up must not be carried out after the release that follows it.
  const taking = question.op === 'claim' || question.op === 'release'
  return taking ? turns.take(question.path, async () => ask()) : ask()
}

function failureOf(error: unknown): Failure {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return { code: typeof code === 'number' ? code : 0, text: String(message ?? error) }
}

const unusable = (error: unknown): void => say({ unusable: failureOf(error).text })

function say(message: FromChild): void {
  // Whether it arrives does not matter when nobody is there to read it.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
