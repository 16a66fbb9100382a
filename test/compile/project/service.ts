import { method, service } from '@kumquat/rpc'

/** A decorator of the older kind, as other frameworks have them. */
function counted(prototype: { calls: number }, _name: string, descriptor: PropertyDescriptor): void {
  const run = descriptor.value
  prototype.calls = 0
  descriptor.value = function (this: { calls: number }, ...args: unknown[]) {
    this.calls++
    return run.apply(this, args)
  }
}

/** The movie service, in a project with `experimentalDecorators`. */
@service({ app: 'movie', group: 'catalog', version: 'V1' })
export class MovieCatalog {
  declare calls: number

  @method({ idempotent: true, check: (id) => Number.isInteger(id) || 'id is not a whole number' })
  @counted
  getMovieById(id: number): { readonly id: number; readonly title: string } {
    return { id, title: 'The Abyss' }
  }
}
