import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { RpcError, silent } from '@kumquat/core'
import { currentCall, defineService, implement, method, provider, streamListen } from '@kumquat/rpc'
import { expect } from 'chai'

const folder = fileURLToPath(new URL('../../examples/python/', import.meta.url))

const shop = defineService({
  app: 'shop',
  group: 'items',
  methods: {
    echo: method<(...args: unknown[]) => unknown[]>(),
    who: method<() => unknown>(),
    refuse: method<() => never>(),
    never: method<() => Promise<never>>(),
    numbers: method<(count: number, size: number) => AsyncIterable<string>>({ stream: 'server' }),
  },
})

describe('the client in Python of examples/python', () => {
  let canceled = 0
  let made = 0
  const endings: string[] = []
  const python = async (port: number, code: string): Promise<unknown> => {
    const setup = `import json, sys, threading\nfrom kumquat import Client, RpcError\nclient = Client("127.0.0.1", ${port}, "py")\n`
    const options = {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
      timeout: 20_000,
    }
    const { stdout } = await promisify(execFile)('python3', ['-c', setup + code], options)
    return JSON.parse(stdout)
  }
  const serving = () =>
    provider({
      registry: 'memory:',
      logger: silent,
      maxBodyBytes: 2 ** 22,
      quietMs: 0,
      listen: streamListen(),
      services: [
        implement(shop, {
          echo: (...args) => args,
          who: () => {
            const { caller, attachments, attempt } = currentCall()!
            return { caller, attachments, attempt }
          },
          refuse: () => {
            throw new RpcError('not_found', 'no such item', { details: [{ id: 7 }] })
          },
          never: () =>
            new Promise<never>(() => {
              currentCall()!.signal!.addEventListener('abort', () => canceled++)
            }),
          async *numbers(count, size) {
            const { signal } = currentCall()!
            try {
              for (let n = 0; n < count; n++, made++) yield `${n} `.padEnd(size, 'é')
              if (count === 3) throw new RpcError('data_loss', 'the fourth is gone')
            } finally {
              endings.push(signal!.aborted ? 'aborted' : 'done')
            }
          },
        }),
      ],
    })

  it('has at most 150 lines', async () => {
    expect((await readFile(`${folder}kumquat.py`, 'utf8')).split('\n').length - 1).to.be.at.most(150)
  })

  it('calls, from many threads at once, with large arguments, facts, errors and deadlines', async function () {
    this.timeout(30_000)
    const running = await serving()
    try {
      const code = `
results = [None] * 200
def ask(n): results[n] = client.call("shop/items/echo", n, "ä€😀", {"n": [n]})
threads = [threading.Thread(target=ask, args=(n,)) for n in range(200)]
for one in threads: one.start()
for one in threads: one.join()
large = client.call("shop/items/echo", "é" * 1000000)
who = client.call("shop/items/who", attempt=2, baggage="lane=gray,user=Ann%2C")
def failure(path, **options):
    try: return client.call(path, **options)
    except RpcError as error: return [error.code, error.outcome, error.error.get("details")]
print(json.dumps({
  "right": all(one == [n, "ä€😀", {"n": [n]}] for n, one in enumerate(results)),
  "large": len(large[0]), "who": who,
  "refused": failure("shop/items/refuse"), "unknown": failure("shop/items/nothing"),
  "late": failure("shop/items/never", timeout_ms=100), "alive": client.call("shop/items/echo", 1),
}))`
      expect(await python(running.port, code)).to.deep.equal({
        right: true,
        large: 1_000_000,
        who: { caller: 'py', attachments: { lane: 'gray', user: 'Ann,' }, attempt: 2 },
        refused: ['not_found', 'ran', [{ id: 7 }]],
        unknown: ['unimplemented', 'not-run', null],
        late: ['deadline_exceeded', 'unknown', null],
        alive: [1],
      })
      expect(canceled).to.equal(1)
    } finally {
      await running.stop()
    }
  })

  it('reads streams beside calls, no further ahead than its window, to their end, their failure, or its own', async function () {
    this.timeout(30_000)
    const running = await serving()
    try {
      const code = `
slow = client.stream("shop/items/numbers", 1000000, 10000)
first = next(slow)
beside = [client.call("shop/items/echo", n) for n in range(50)]
counted = [int(item.split()[0]) for item in client.stream("shop/items/numbers", 500, 5)]
large = [len(item) for item in client.stream("shop/items/numbers", 4, 200000)]
slow.close()
failed = []
try:
    for item in client.stream("shop/items/numbers", 3, 1): failed.append(item)
except RpcError as error: failed.append(error.code)
print(json.dumps({
  "first": len(first), "beside": beside == [[n] for n in range(50)],
  "counted": counted == list(range(500)), "large": large, "failed": failed,
}))`
      expect(await python(running.port, code)).to.deep.equal({
        ...{ first: 10_000, beside: true, counted: true, large: [200_000, 200_000, 200_000, 200_000] },
        failed: ['0 ', '1 ', '2 ', 'data_loss'],
      })
      // Two bytes a letter: 14 of the first fill its window.
      expect(made - 507).to.be.within(1, 20)
      expect(endings.sort()).to.deep.equal(['aborted', 'done', 'done', 'done'])
    } finally {
      await running.stop()
    }
  })
})
