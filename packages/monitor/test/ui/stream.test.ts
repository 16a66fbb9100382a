import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { type Browser, launchChromium, type Page } from '../../../../test/servers/chromium.ts'
import { buildPage } from './built-page.ts'
import { type ScriptedFeed, scriptedFeed, service, snapshot, tick } from './scripted-feed.ts'
import { type Visit, visit } from './visit.ts'

describe("the page's stream of news", function () {
  this.timeout(30_000)
  let browser: Browser
  let feed: ScriptedFeed
  let opened: Visit
  let page: Page

  before(async function () {
    const launched = await launchChromium()
    if (launched === undefined) return this.skip()
    browser = launched
    await buildPage()
  })

  after(async () => await browser?.close())

  beforeEach(async () => {
    feed = await scriptedFeed(snapshot(1, [service(1, 'shop/cart', 10), service(1, 'shop/order', 20)]))
    opened = await visit(browser, { url: feed.url })
    page = opened.page
    await page.getByRole('link', { name: 'shop/cart' }).waitFor()
  })

  afterEach(async () => {
    await opened[Symbol.asyncDispose]()
    await feed[Symbol.asyncDispose]()
  })

  it('puts each tick on top of what it knows', async () => {
    feed.tell(tick(2, { changed: [service(2, 'shop/cart', 11)] }))
    await eventually(async () => expect(await rates(page)).to.deep.equal({ 'shop/cart': '11', 'shop/order': '20' }))
    feed.tell(tick(3, { changed: [service(3, 'ship/label', 30)], gone: ['shop/cart'] }))
    await eventually(async () => expect(await rates(page)).to.deep.equal({ 'ship/label': '30', 'shop/order': '20' }))
    expect(feed.opened).to.equal(1)
  })

  it('goes on drawing a service of which there is no news', async () => {
    const trend = page.getByRole('row', { name: 'shop/order' }).locator('.spark path').last()
    expect(await trend.getAttribute('d')).to.match(/^M[^L]+$/)
    feed.tell(tick(2, {}))
    await eventually(async () => expect(await trend.getAttribute('d')).to.match(/^M[^L]+L[^L]+$/))
  })

  it('begins anew when a tick was missed', async () => {
    feed.begin(snapshot(4, [service(4, 'shop/cart', 14)]))
    feed.tell(tick(3, { changed: [service(3, 'shop/cart', 13)] }))
    await eventually(async () => expect(await rates(page)).to.deep.equal({ 'shop/cart': '14' }))
    expect(feed.opened).to.equal(2)
  })

  it('takes no notice of a tick that it has seen', async () => {
    feed.tell(tick(2, { changed: [service(2, 'shop/cart', 12)] }))
    feed.tell(tick(2, { changed: [service(2, 'shop/cart', 99)] }))
    feed.tell(tick(3, { changed: [service(3, 'shop/order', 23)] }))
    await eventually(async () => expect(await rates(page)).to.deep.equal({ 'shop/cart': '12', 'shop/order': '23' }))
  })

  it('is given up when it says nothing for 10 s', async () => {
    await page.clock.install()
    feed.tell(tick(2, {}))
    await page.getByText('figures of').waitFor()
    await eventually(async () => {
      await page.clock.runFor(10_000)
      expect(await page.getByRole('button', { name: 'Reconnecting' }).count()).to.equal(1)
    })
    await page.clock.runFor(2_000)
    await page.getByRole('button', { name: 'Live' }).waitFor()
    expect(feed.opened).to.be.above(1)
  })
})

/** Calls per second of each service in the table. */
async function rates(page: Page): Promise<Readonly<Record<string, string>>> {
  const rows = await page
    .locator('tbody tr')
    .evaluateAll((found) =>
      found.map((row) => ['a', '[data-title="Calls/s"]'].map((part) => row.querySelector(part)?.textContent ?? '')),
    )
  return Object.fromEntries(rows)
}
