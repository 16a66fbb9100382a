export interface FaceParts {
  readonly call: (method: string, args: readonly unknown[]) => Promise<unknown>
  /** As of now. */
  readonly clients: () => ReadonlyMap<string, object>
  readonly dispose: () => Promise<void>
}

/** An object that has every method of its clients, `clients`, and nothing else. It is no promise, whatever they are. */
export function face({ call, clients, dispose }: FaceParts): object {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>()
  const own = {
    get clients() {
      return clients()
    },
    [Symbol.iterator]: () => clients().values(),
    [Symbol.asyncDispose]: dispose,
  }
  const isMethod = (name: string): boolean => {
    const [example] = clients().values()
    return example === undefined || typeof Reflect.get(example, name) === 'function'
  }
  return new Proxy(own, {
    get(target, name) {
      if (typeof name === 'symbol' || name in target) return Reflect.get(target, name)
      if (name === 'then' || !isMethod(name)) return undefined
      const known = methods.get(name)
      if (known !== undefined) return known
      const method = (...args: unknown[]): Promise<unknown> => call(name, args)
      methods.set(name, method)
      return method
    },
    has: (target, name) => name in target || (typeof name === 'string' && name !== 'then' && isMethod(name)),
    set: () => false,
  })
}
