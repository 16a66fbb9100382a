import { compose, type Filter, type Service } from '@kumquat/core'
import { expect } from 'chai'

describe('compose', () => {
  const traced: (name: string, trace: string[]) => Filter<string, string> =
    (name, trace) => (next) => async (request) => {
      trace.push(`${name} sees ${request}`)
      const reply = await next(`${request}>${name}`)
      trace.push(`${name} sees ${reply}`)
      return `${reply}<${name}`
    }
  const echo: Service<string, string> = async (request) => request

  it('makes the first filter the outermost', async () => {
    const trace: string[] = []
    const service = compose(traced('a', trace), traced('b', trace))(echo)
    expect(await service('call')).to.equal('call>a>b<b<a')
    expect(trace).to.deep.equal(['a sees call', 'b sees call>a', 'b sees call>a>b', 'a sees call>a>b<b'])
  })

  it('adds nothing if it is given nothing', () => {
    expect(compose<string, string>()(echo)).to.equal(echo)
  })

  it('joins joined filters as if they stood in one row', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => traced(name, [])) as [
      Filter<string, string>,
      ...Filter<string, string>[],
    ]
    expect(await compose(a, compose(b!, c!))(echo)('')).to.equal(await compose(compose(a, b!), c!)(echo)(''))
  })
})
