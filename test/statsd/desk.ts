import { method, service } from '@kumquat/rpc'

@service({ app: 'front', group: 'desk' })
export class Desk {
  @method({ idempotent: true })
  greet(name: string): string {
    return `good day, ${name}`
  }

  @method()
  complain(): never {
    throw new Error('nobody listens')
  }
}
