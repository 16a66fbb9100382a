import { expect } from 'chai'
import type { Browser, Page } from '../../../../test/servers/chromium.ts'

export interface VisitOptions {
  readonly url: string
  /** What the system prefers. Default `light`. */
  readonly theme?: 'light' | 'dark'
}

/** A page that keeps what went wrong on it. */
export interface Visit extends AsyncDisposable {
  readonly page: Page
  /** What is complained about on the console, thrown and not caught, or asked of another server. */
  readonly troubles: readonly string[]
}

export async function visit(browser: Browser, { url, theme = 'light' }: VisitOptions): Promise<Visit> {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => message.type() !== 'log' && troubles.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.message}`))
  page.on('request', (request) => request.url().startsWith(url) || troubles.push(`asked for ${request.url()}`))
  // Functions that are sent to the page were compiled for Node, with a helper that keeps their names.
  await page.addInitScript('globalThis.__name = (named) => named')
  await page.goto(url)
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() }
}

/** Goes to another page of the dashboard and waits until it is drawn. */
export async function turnTo(page: Page, hash: string, title: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next
  }, hash)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

/** Fails when the page is wider than its window, for windows of these widths in px. */
export async function expectToFit(page: Page, widths: readonly number[]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    const wanted = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wanted, `width of ${page.url()} in a window of ${width} px`).to.be.at.most(width)
  }
}
