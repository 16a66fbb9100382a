import type { InstanceView, ServiceView } from '../src/dashboard/model.ts'

/** The gray lane of a service: its instances, and the part of the service's calls in the window that went there. */
export interface GrayLane {
  readonly instances: readonly InstanceView[]
  readonly share: number
}

/** Undefined for a service without a gray instance. */
export function grayLane({ instances }: Pick<ServiceView, 'instances'>): GrayLane | undefined {
  const gray = instances.filter((instance) => instance.gray)
  if (gray.length === 0) return undefined
  return { instances: gray, share: gray.reduce((sum, { share }) => sum + share, 0) }
}
