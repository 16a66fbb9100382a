import { fail } from './checkout.mjs'

/** Bundles the dashboard's page; the script knows when there is nothing to do, and says itself what is wrong. */
export async function page() {
  try {
    await import('../build-ui.mjs')
  } catch (error) {
    fail(`The dashboard's page did not build: ${error.message}`)
  }
}
