/** Bundles the dashboard's page; the script knows when there is nothing to do. */
export async function page() {
  await import('../build-ui.mjs')
}
