/** Keys from one up to another, which is not among them any more, as the gateway wants it. */
export interface KeyRange {
  readonly key: string
  readonly range_end: string
}

/** The same in bytes, which is the order that etcd keeps keys in. */
export interface Span {
  readonly from: Buffer
  readonly to: Buffer
}

/**
 * Where paths of the store stand in etcd: the key is the root and the path, as they are, so that `etcdctl` reads and writes
 * them by hand. Parents that nobody wrote have no key. The gateway wants keys in base64.
 */
export class Keys {
  readonly #root: string

  /** `root` is empty or a path. */
  constructor(root: string) {
    this.#root = root
  }

  of(path: string): string {
    return base64(this.#full(path))
  }

  /** The keys of everything below `path`. */
  below(path: string): KeyRange {
    return rangeOf(this.spanBelow(path))
  }

  spanBelow(path: string): Span {
    const from = this.prefix(path)
    return { from, to: after(from) }
  }

  /** The key of `path` alone. */
  spanOf(path: string): Span {
    const from = Buffer.from(this.#full(path))
    return { from, to: next(from) }
  }

  /** What every key below `path` begins with. */
  prefix(path: string): Buffer {
    return Buffer.from(`${this.#full(path)}/`)
  }

  /** The path that a key stands for; whether it is one that the store would write is not checked. */
  pathOf(key: string): string {
    return Buffer.from(key, 'base64').toString().slice(this.#root.length)
  }

  #full(path: string): string {
    return path === '/' ? this.#root : this.#root + path
  }
}

export function rangeOf({ from, to }: Span): KeyRange {
  return { key: base64(from), range_end: base64(to) }
}

/** The smallest span around both. */
export function around(a: Span, b: Span): Span {
  return {
    from: Buffer.compare(a.from, b.from) <= 0 ? a.from : b.from,
    to: Buffer.compare(a.to, b.to) >= 0 ? a.to : b.to,
  }
}

/** The key that follows at once. */
export function next(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])])
}

/** The first key behind all that begin with `prefix`, which ends with "/". */
export function after(prefix: Buffer): Buffer {
  return Buffer.concat([prefix.subarray(0, -1), Buffer.from([SLASH + 1])])
}

const SLASH = 0x2f

export const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64')
