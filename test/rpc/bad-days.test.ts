import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'

interface End {
  readonly day: string
  readonly code?: string
  readonly outcome?: string
  readonly message: string
}

describe('a bad day', function () {
  this.timeout(30_000)
  const ends = new Map<string, End>()
  let exit: readonly unknown[]
  before(async () => {
    const child = fork(new URL('./bad-days.ts', import.meta.url), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    const exiting = once(child, 'exit')
    const output = (await child.stdout?.setEncoding('utf8').toArray())?.join('') ?? ''
    exit = await exiting
    for (const line of output.trim().split('\n')) {
      const end: End = JSON.parse(line)
      ends.set(end.day, end)
    }
  })

  for (const [day, code, outcome, ...said] of [
    ['a wrong registry URL, for a consumer', undefined, undefined, 'TypeError', '"zoo://127.0.0.1"', 'known are'],
    ['a wrong registry URL, for a provider', undefined, undefined, 'TypeError', '"zoo://127.0.0.1"', 'known are'],
    [
      'a registry that is down, for a provider',
      'unavailable',
      'not-run',
      'movie/catalog could not be registered',
      'see that it runs',
    ],
    [
      'a registry that is down, for a consumer',
      'unavailable',
      'not-run',
      'no provider of movie/catalog is known',
      'see that it runs',
    ],
    ['a port in use', 'failed_precondition', 'not-run', 'cannot listen on port', 'stop the process that has it'],
    ['two providers on one address', 'already_exists', 'not-run', '10.0.0.7:80', 'advertise another'],
    ['a service that nobody provides', 'unavailable', 'not-run', 'no provider of movie/rental', 'start one there'],
    ['a method that does not exist', 'unimplemented', 'not-run', '"getMovieByID"', 'did you mean "getMovieById"?'],
    [
      'arguments of the wrong type',
      'invalid_argument',
      'not-run',
      'movie/catalog/getMovieById: id must be an integer',
      '"seven"',
    ],
    ['a body too large', 'resource_exhausted', 'not-run', '1048576 bytes', 'maxBodyBytes'],
    ['a reply that cannot be serialised', 'internal', 'ran', 'movie/catalog/everything', 'return plain objects'],
    ['a body that is not JSON', 'invalid_argument', 'not-run', 'is not JSON', 'send an array of arguments'],
  ] as const) {
    it(`with ${day} ends in one clear error`, () => {
      const end = ends.get(day)
      expect([end?.code, end?.outcome]).to.deep.equal([code, outcome])
      for (const words of said) expect(end?.message).to.contain(words)
      expect(end?.message).not.to.contain('secret')
    })
  }

  it('leaves no server, no socket and no timer that would keep its process', () => {
    expect(exit).to.deep.equal([0, null])
  })
})
