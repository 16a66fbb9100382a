declare module 'statsd-client' {
  /** The part we use of npm `statsd-client` 0.4, which brings no types. */
  class StatsDClient {
    constructor(options: { readonly _socket: { send(line: string): void; close(): void } })
    counter(name: string, delta: number): this
    gauge(name: string, value: number): this
    timing(name: string, ms: number): this
    close(): this
  }
  export = StatsDClient
}
