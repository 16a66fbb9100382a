/** What a consumer has, and how many processes serve it. */
export interface Shape {
  readonly name: string
  readonly services: number
  /** Of each service. */
  readonly peers: number
  readonly providers: number
}

/** A small one and a large one, which are measured in one run. */
export interface Group {
  readonly title: string
  readonly small: Shape
  readonly large: Shape
  /** Of the calls a second of the large one to those of the small one. */
  readonly least: number
}

/**
 * Peers are addresses; the processes behind them are few. With a connection for each peer, hardly two calls of a turn go into
 * one write, and every call pays for a write and a read of its own: bare sockets, too, fall to a fifth with a thousand. The
 * bounds are about half of what was measured. Any work per call that grows with the set would be far below them.
 */
export function groups(size: number): readonly Group[] {
  const [few, many] = [3, size.toLocaleString('en')]
  const three: Shape = { name: '3 peers', services: 1, peers: few, providers: 2 }
  return [
    {
      title: `${many} peers of one service`,
      small: three,
      large: { name: `${many} peers`, services: 1, peers: size, providers: 2 },
      least: 0.12,
    },
    {
      title: `${many} services of 3 peers each`,
      small: three,
      large: { name: `${many} services`, services: size, peers: few, providers: 2 },
      least: 0.12,
    },
    {
      title: `${many} connections to one provider`,
      small: { name: '1 connection', services: 1, peers: 1, providers: 1 },
      large: { name: `${many} connections`, services: 1, peers: size, providers: 1 },
      least: 0.12,
    },
  ]
}
