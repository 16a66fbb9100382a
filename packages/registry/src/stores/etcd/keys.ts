/** All keys that begin with one text. */
export interface KeyRange {
  readonly key: string
  readonly range_end: string
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
    return rangeFrom(this.prefix(path))
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

/** Keys from `prefix`, which ends with "/", to the last that begins with it; or only those from `first` on. */
export function rangeFrom(prefix: Buffer, first: Buffer = prefix): KeyRange {
  return { key: base64(first), range_end: base64(after(prefix)) }
}

/** The first key behind all that begin with `prefix`, which ends with "/". */
export function after(prefix: Buffer): Buffer {
  return Buffer.concat([prefix.subarray(0, -1), Buffer.from([SLASH + 1])])
}

const SLASH = 0x2f

export const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64')
