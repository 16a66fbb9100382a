import { every, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { type Browser, launchChromium, type Page } from '../../../../test/servers/chromium.ts'
import { buildPage } from './built-page.ts'
import { faintTexts } from './contrast.ts'
import { type MovieNight, movieNight, REGISTRY } from './movie-night.ts'
import { expectToFit, turnTo, type Visit, type VisitOptions, visit } from './visit.ts'

/** On both sides of every width at which the page changes. */
const WIDTHS = [1440, 1200, 1000, 700, 420]

describe('the page of the dashboard', function () {
  this.timeout(30_000)
  let browser: Browser
  let night: MovieNight
  let load: Disposable | undefined
  const visits: Visit[] = []

  before(async function () {
    const launched = await launchChromium()
    if (launched === undefined) return this.skip()
    browser = launched
    await buildPage()
  })

  after(async () => await browser?.close())

  beforeEach(async () => {
    night = await movieNight()
  })

  afterEach(async () => {
    load?.[Symbol.dispose]()
    load = undefined
    await Promise.all(visits.splice(0).map((left) => left[Symbol.asyncDispose]()))
    await night[Symbol.asyncDispose]()
  })

  const open = async (options: Partial<VisitOptions> = {}): Promise<Visit> => {
    const opened = await visit(browser, { url: night.url, ...options })
    visits.push(opened)
    return opened
  }
  const startWithNothing = async (): Promise<void> => {
    await night.endDashboard()
    night.catalog.set([])
    await night.startDashboard()
  }
  const busy = (): void => {
    load = every(systemClock, 50, () => night.serve(10))
  }

  for (const theme of ['light', 'dark'] as const) {
    describe(`in the ${theme} theme`, () => {
      it('shows the service and sees its numbers move', async () => {
        busy()
        const { page, troubles } = await open({ theme })
        await page.getByRole('link', { name: 'movie/catalog' }).waitFor()
        const before = await callsShown(page)
        await eventually(async () => expect(await callsShown(page)).to.be.above(before + 100))
        await eventually(async () => expect(Number(await figure(page, 'Calls/s'))).to.be.above(0))
        expect(await figure(page, 'p99')).to.match(/^\d+ ms$/)
        expect(await figure(page, 'Errors')).to.equal('0 %')
        expect(await figure(page, 'Instances up')).to.equal('3 / 3')
        expect(troubles).to.deep.equal([])
      })

      it('has no text that is hard to read', async () => {
        night.serve(100)
        night.serve(10, 'internal')
        await night.providers[0]?.[Symbol.asyncDispose]()
        const { page } = await open({ theme })
        await page.getByText('did not answer three times in a row').waitFor()
        expect(await faintTexts(page, 4.5)).to.deep.equal([])
        await turnTo(page, '#/services/movie/catalog', 'movie/catalog')
        expect(await faintTexts(page, 4.5)).to.deep.equal([])
        night.session.set('suspended')
        night.catalog.set([])
        await turnTo(page, '#/services/no/thing', 'no/thing')
        expect(await faintTexts(page, 4.5)).to.deep.equal([])
      })

      it('fits windows of 1440 to 420 px', async () => {
        busy()
        const [entry] = night.listed
        const known = { version: '2.4.0-rc.1+20261120', zone: 'eu-central-1a' }
        night.catalog.set([{ ...entry!, records: entry!.records.map((record) => ({ ...record, ...known })) }])
        const { page, troubles } = await open({ theme })
        await page.getByText(known.version).waitFor()
        await expectToFit(page, WIDTHS)
        await turnTo(page, '#/services/movie/catalog', 'movie/catalog')
        await page.locator('canvas').first().waitFor()
        await expectToFit(page, WIDTHS)
        expect(troubles).to.deep.equal([])
      })
    })
  }

  it('shows exactly the calls that were made', async () => {
    const { page } = await open()
    await page.getByRole('link', { name: 'movie/catalog' }).waitFor()
    night.serve(1234)
    await eventually(async () => expect(await callsShown(page)).to.equal(1234))
  })

  it('shows each instance with its lane, and the methods that nobody calls', async () => {
    night.serve(100)
    const { page } = await open({ url: night.url })
    await turnTo(page, '#/services/movie/catalog', 'movie/catalog')
    const [first, , gray] = night.providers
    await eventually(async () => {
      expect(await row(page, 'Instances', first!.record.id)).to.include.members(['up', 'V1', 'stable', '100'])
      expect(await row(page, 'Instances', first!.record.id)).to.include('50 / 50 %')
      expect(await row(page, 'Instances', gray!.record.id)).to.include.members(['up', 'V2', 'gray', '0 / 0 %'])
      expect((await row(page, 'Methods', 'getMovieById')).at(-1)).to.equal('100')
      expect((await row(page, 'Methods', 'getMovieByCity')).at(-1)).to.equal('0')
    })
  })

  it('says what needs attention until it no longer does', async () => {
    const { page } = await open()
    await page.getByRole('link', { name: 'movie/catalog' }).waitFor()
    const card = page.getByRole('region', { name: 'Needs attention' })
    expect(await card.count()).to.equal(0)
    night.serve(90)
    night.serve(10, 'unavailable')
    night.session.set('suspended')
    await night.providers[0]?.[Symbol.asyncDispose]()
    await card.getByText('10.0 % of the calls of the last 10 s failed (limit 1.00 %).').waitFor()
    await card.getByText('1 of 3 instances did not answer three times in a row').waitFor()
    await card.getByText('The line is suspended since').waitFor()
    night.session.set('connected')
    await eventually(async () => expect(await card.getByText('The line is').count()).to.equal(0))
  })

  it('takes what a provider says of itself as text', async () => {
    const [entry] = night.listed
    const version = '<img src=x onerror=alert(1)>'
    night.catalog.set([{ ...entry!, records: entry!.records.map((record) => ({ ...record, version })) }])
    const { page, troubles } = await open()
    await page.getByText(version).waitFor()
    expect(troubles).to.deep.equal([])
  })

  it('keeps the theme that was chosen', async () => {
    const { page } = await open({ theme: 'light' })
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await page.getByRole('button', { name: 'Dark' }).click()
    const dark = await ground()
    expect(dark).not.to.equal(light)
    await page.reload()
    await page.getByRole('button', { name: 'Light' }).waitFor()
    expect(await ground()).to.equal(dark)
  })

  it('draws its charts anew in the theme that was chosen', async () => {
    busy()
    const { page } = await open({ theme: 'light' })
    await eventually(async () => expect(await callsShown(page)).to.be.above(0))
    await page.getByRole('button', { name: 'Live' }).click()
    const picture = (): Promise<string> =>
      page
        .locator('canvas')
        .first()
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
    const light = await picture()
    expect(await picture()).to.equal(light)
    await page.getByRole('button', { name: 'Dark' }).click()
    await eventually(async () => expect(await picture()).not.to.equal(light))
  })

  it('is used by keyboard alone', async () => {
    const { page } = await open()
    await page.getByRole('link', { name: 'movie/catalog' }).waitFor()
    const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.textContent ?? null)
    for (let presses = 0; presses < 30 && (await focused()) !== 'movie/catalog'; presses++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'movie/catalog' }).waitFor()
    await eventually(async () => expect(await page.title()).to.equal('movie/catalog · Kumquat'))
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('MAIN')
  })

  it('filters the services, and keeps the filter in the address', async () => {
    const { page } = await open()
    const link = page.getByRole('link', { name: 'movie/catalog' })
    await page.getByRole('searchbox').fill('movie v2')
    await page.getByText('1 of 1').waitFor()
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('No service matches “nothing like it”.').waitFor()
    await page.reload()
    await page.getByText('No service matches “nothing like it”.').waitFor()
    await page.getByRole('button', { name: 'Show all 1' }).click()
    await link.waitFor()
    expect(new URL(page.url()).hash).to.equal('#/')
  })

  it('sorts by a click on a title', async () => {
    night.serve(10)
    const { page } = await open()
    await turnTo(page, '#/services/movie/catalog', 'movie/catalog')
    const methods = page.getByRole('table', { name: 'Methods' })
    const first = (): Promise<string | null> => methods.locator('tbody td').first().textContent()
    await eventually(async () => expect((await row(page, 'Methods', 'getMovieById')).at(-1)).to.equal('10'))
    expect(await first()).to.equal('getMovieByCity')
    await methods.getByRole('button', { name: 'Calls', exact: true }).click()
    expect(await first()).to.equal('getMovieById')
  })

  describe('when there is nothing to show', () => {
    it('says how to start a provider', async () => {
      await startWithNothing()
      const { page } = await open()
      await page.getByText('No service is registered yet').waitFor()
      await page.getByText(`npm start -- --registry ${REGISTRY}`).waitFor()
    })

    it('says that the registry is down, and how to check it', async () => {
      night.session.set('lost')
      await startWithNothing()
      const { page } = await open()
      await page.getByText('The registry is not connected (lost)').waitFor()
      await page.getByText('nc -vz 127.0.0.1 2181').waitFor()
    })

    it('says how to make a first call', async () => {
      const { page } = await open()
      await turnTo(page, '#/services/movie/catalog', 'movie/catalog')
      const command = await page.getByText('curl -X POST').textContent()
      const stable = night.providers.filter(({ record }) => !record.gray).map(({ record }) => record.id)
      expect(stable.map((id) => `curl -X POST ${id}/movie/catalog/getMovieByCity`)).to.include(command?.split(' -H')[0])
    })

    it('says that a service is not there, and shows it when it comes', async () => {
      await startWithNothing()
      const { page } = await open()
      await turnTo(page, '#/services/movie/catalog', 'movie/catalog')
      await page.getByText('There is no service movie/catalog').waitFor()
      night.catalog.set(night.listed)
      await page.getByRole('table', { name: 'Instances' }).waitFor()
    })
  })

  describe('whose stream', () => {
    it('is lost, says so and goes on by itself', async () => {
      const { page } = await open()
      await page.getByRole('button', { name: 'Live' }).waitFor()
      await night.endDashboard()
      await page.getByText("The dashboard's server does not answer.").waitFor()
      await page.getByRole('button', { name: 'Reconnecting' }).waitFor()
      await night.startDashboard()
      await page.getByRole('button', { name: 'Live' }).waitFor()
    })

    it('is paused, holds the figures still', async () => {
      const { page } = await open()
      await page.getByRole('button', { name: 'Live' }).click()
      await page.getByRole('button', { name: 'Paused' }).waitFor()
      night.serve(50)
      const other = await open()
      await eventually(async () => expect(await callsShown(other.page)).to.equal(50))
      expect(await callsShown(page)).to.equal(0)
      await page.getByRole('button', { name: 'Paused' }).click()
      await eventually(async () => expect(await callsShown(page)).to.equal(50))
    })

    it('nobody has seen for a minute, is closed until somebody looks', async () => {
      const { page } = await open()
      await page.clock.install()
      await page.getByRole('button', { name: 'Live' }).waitFor()
      await hide(page, true)
      await page.clock.runFor(59_000)
      expect(await page.getByRole('button', { name: 'Paused' }).count()).to.equal(0)
      await page.clock.runFor(2_000)
      await page.getByRole('button', { name: 'Paused' }).waitFor()
      await hide(page, false)
      await page.getByRole('button', { name: 'Live' }).waitFor()
    })
  })
})

/** The large figure of a tile. */
async function figure(page: Page, title: string): Promise<string> {
  const tile = page.locator('.tile', { has: page.getByRole('heading', { name: title, exact: true }) })
  return (await tile.locator('strong').textContent())?.trim() ?? ''
}

/** All calls, from the line below the rate. */
async function callsShown(page: Page): Promise<number> {
  const text = (await page.locator('.tile', { hasText: 'in flight' }).textContent()) ?? ''
  return Number(/([\d\u202f]+) calls/.exec(text)?.[1]?.replaceAll('\u202f', ''))
}

/** The cells of one row, in words. */
async function row(page: Page, table: string, first: string): Promise<readonly string[]> {
  const cells = page.getByRole('table', { name: table }).getByRole('row', { name: first }).getByRole('cell')
  return (await cells.allTextContents()).map((text) => text.trim())
}

async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
}
