import { formatServiceKey, type ServiceKey } from '@kumquat/core'

/** What is no longer true: the answers of a service, of one of its methods, or of one call of it. */
export interface Invalidation {
  readonly service: ServiceKey
  readonly method?: string
  readonly args?: readonly unknown[]
}

/** Whoever knows what is no longer true, such as a subscription to events of a broker. */
export interface Invalidations {
  /** Calls `listener` for each. */
  subscribe(listener: (invalidation: Invalidation) => void): Disposable
}

/** What an answer is the answer to. */
export interface Question {
  /** `app/group`. */
  readonly service: string
  readonly method: string
  /** The arguments as JSON. */
  readonly argsText: string
}

/** Tells which questions an invalidation is about. */
export function concerned({ service, method, args }: Invalidation): (question: Question) => boolean {
  const key = formatServiceKey(service)
  const argsText = args === undefined ? undefined : JSON.stringify(args)
  return (question) =>
    question.service === key &&
    (method === undefined || question.method === method) &&
    (argsText === undefined || question.argsText === argsText)
}
