// discrete event: n hosts with w workers; clients 1; exponential service; compare shares & p99
import { directory, p2c, pending, random, roundRobin, weightedRoundRobin, leastLoaded, shortestResponse, peakEwma, meanResponse, type Balancer } from '@kumquat/cluster'
import { Cell, providerRecord, seededRng, RpcError } from '@kumquat/core'
const inv: any = { service:{app:'a',group:'b'}, method:'m', args:[], attachments:{}, idempotent:false }
interface Opt { weights: number[]; speed: number[]; fail?: number[]; workers: number; rate: number; calls: number; mean: number; det?: boolean }
async function sim(name: string, make: (clock: any, rng: any) => Balancer, o: Opt) {
  const rng = seededRng(7)
  let now = 0
  const clock: any = { now: () => now, epoch: () => now, after() { return { [Symbol.dispose]() {} } } }
  type Ev = { at: number; run: () => void }
  const heap: Ev[] = []
  const push = (at: number, run: () => void) => { let i = heap.length; heap.push({at, run}); while (i>0) { const p=(i-1)>>1; if (heap[p]!.at<=heap[i]!.at) break; [heap[p],heap[i]]=[heap[i]!,heap[p]!]; i=p } }
  const pop = () => { const top = heap[0]!; const last = heap.pop()!; if (heap.length) { heap[0]=last; let i=0; for(;;){ let c=2*i+1; if(c>=heap.length)break; if(c+1<heap.length&&heap[c+1]!.at<heap[c]!.at)c++; if(heap[i]!.at<=heap[c]!.at)break; [heap[c],heap[i]]=[heap[i]!,heap[c]!]; i=c } } return top }
  const n = o.weights.length
  const recs = o.weights.map((weight, i) => providerRecord({host:'h'+i, port: 1000, weight}))
  const hosts = recs.map(() => ({ busy: 0, queue: [] as (() => void)[], count: 0 }))
  const peers: any = directory({ records: new Cell(recs), connect: (r: any) => { const i = recs.findIndex((x) => x.id===r.id); const h = hosts[i]!; return { status: 'open', async [Symbol.asyncDispose](){}, invoke: () => new Promise((ok, no) => {
    h.count++
    if (o.fail && rng() < (o.fail[i] ?? 0)) { push(now + 0.2, () => no(new RpcError('unavailable', 'x', { outcome: 'not-run' }))); return }
    const start = () => { h.busy++; const s = (o.det ? o.mean : -Math.log(1-rng())*o.mean) * o.speed[i]!; push(now+s, () => { h.busy--; h.queue.shift()?.(); ok({value:1}) }) }
    if (h.busy < o.workers) start(); else h.queue.push(start)
  }) } } } as any)
  const b = make(clock, rng)
  const lat: number[] = []; let failed = 0
  let made = 0
  const arrive = () => { const t0 = now; b(peers.current, inv).invoke(inv).then(() => lat.push(now-t0), () => failed++); if (++made < o.calls) push(now + (o.det ? 1/o.rate : -Math.log(1-rng())/o.rate), arrive) }
  push(0, arrive)
  while (heap.length) { const e = pop(); now = e.at; e.run(); for (let i=0;i<4;i++) await null }
  lat.sort((a,c)=>a-c)
  const total = hosts.reduce((s,h)=>s+h.count,0)
  console.log(name.padEnd(14), 'p50', lat[lat.length>>1]!.toFixed(1), 'p99', lat[Math.floor(lat.length*.99)]!.toFixed(1), 'p999', lat[Math.floor(lat.length*.999)]!.toFixed(1), 'failed', failed, 'shares', hosts.map(h=>(100*h.count/total).toFixed(2)).join(' '))
}
const makers: Record<string, (c: any, r: any) => Balancer> = {
  random: (_, rng) => random({ rng }), wrr: (_, rng) => weightedRoundRobin({ rng }), leastLoaded: (_, rng) => leastLoaded({ rng }),
  p2cPending: (_, rng) => p2c({ load: pending, rng }), p2c: (clock, rng) => p2c({ load: peakEwma({ clock }), rng }), shortest: (clock, rng) => shortestResponse({ load: meanResponse({ clock }), rng }),
}
const K = Number(process.argv[2] ?? 40000)
for (const [title, o] of Object.entries({
  'idle sequential 1:2:3, det': { weights:[1,2,3], speed:[1,1,1], workers: 8, rate: 0.01, calls: K, mean: 10, det: true },
  'idle sequential 1:2:3, exp': { weights:[1,2,3], speed:[1,1,1], workers: 8, rate: 0.01, calls: K, mean: 10 },
  'low rate 1/s 1:2:3, exp': { weights:[1,2,3], speed:[1,1,1], workers: 8, rate: 0.001, calls: K/4, mean: 10 },
  'busy 1:2:3, exp, 70%': { weights:[1,2,3], speed:[3,1.5,1], workers: 8, rate: 0.7*8*2/10, calls: K, mean: 10 },
  'light concurrency 1:2:3': { weights:[1,2,3], speed:[1,1,1], workers: 80, rate: 0.2, calls: K, mean: 10 },
  'mid concurrency 1:2:3': { weights:[1,2,3], speed:[1,1,1], workers: 80, rate: 1, calls: K, mean: 10 },
  'slow host': { weights:[1,1,1,1,1,1,1,1,1,1], speed:[10,1,1,1,1,1,1,1,1,1], workers: 8, rate: 0.7*8*10/10, calls: K, mean: 10 },
  'slow heavy': { weights:[1,2,3], speed:[1,1,10], workers: 80, rate: 0.2, calls: K, mean: 10 },
  'fast failing': { weights:[1,1,1,1], speed:[1,1,1,1], fail:[1,0,0,0], workers: 8, rate: 0.7*8*3/10, calls: K, mean: 10 },
  'fails 20%': { weights:[1,1,1,1], speed:[1,1,1,1], fail:[.2,0,0,0], workers: 8, rate: 0.7*8*3/10, calls: K, mean: 10 },
  'all fail 5%': { weights:[1,1,1,1], speed:[10,1,1,1], fail:[.05,.05,.05,.05], workers: 8, rate: 0.7*8*3/10, calls: K, mean: 10 },
} as Record<string, Opt>)) { console.log('##', title); for (const [n, m] of Object.entries(makers)) await sim(n, m, o) }
