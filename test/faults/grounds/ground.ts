export type BackendName = 'file' | 'zookeeper' | 'etcd' | 'redis' | 'ensemble'

/** `faults`: one after another. `random`: many short ones. `start`: a consumer starts without it. `scale`: a crowd. */
export type Trial = 'faults' | 'random' | 'start' | 'scale'

/** A real registry to be hurt. */
export interface Ground extends AsyncDisposable {
  readonly name: BackendName
  /** How long what a silent process holds is kept. */
  readonly ttlMs: number
  /** The registry's URL below a root of that name, by way of `port` if there is one. `ttlMs`: another than that. */
  url(root: string, port?: number, ttlMs?: number): string
  /** Absent: there is no server. */
  readonly server?: GroundServer
  /** What is tried there. */
  readonly trials: readonly Trial[]
  /** Stops the server that leads the others; disposing that lets it go on. Absent: there are no others. */
  stopLeader?(): Promise<AsyncDisposable>
  /** From now on no write succeeds; disposing that ends it. Absent: it cannot be done here. */
  refuseWrites?(): Promise<AsyncDisposable>
}

export interface GroundServer {
  readonly port: number
  /** `kill -9`. */
  kill(): Promise<void>
  restart(options?: { readonly wipe?: boolean }): Promise<void>
}
