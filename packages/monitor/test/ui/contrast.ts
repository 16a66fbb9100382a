import type { Page } from '../../../../test/servers/chromium.ts'

/** Every text on the page whose contrast with what lies behind it is below `least`, as WCAG 2.2 (1.4.3) counts it. */
export async function faintTexts(page: Page, least: number): Promise<readonly string[]> {
  return await page.evaluate((limit) => {
    type Rgba = readonly [number, number, number, number]
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
      willReadFrequently: true,
    })!
    const read = (color: string): Rgba => {
      context.clearRect(0, 0, 1, 1)
      context.fillStyle = color
      context.fillRect(0, 0, 1, 1)
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data
      return [r!, g!, b!, a! / 255]
    }
    const over = ([r, g, b, a]: Rgba, below: Rgba): Rgba => [
      r * a + below[0] * (1 - a),
      g * a + below[1] * (1 - a),
      b * a + below[2] * (1 - a),
      1,
    ]
    const ground = (element: Element | null): Rgba =>
      element === null
        ? [255, 255, 255, 1]
        : over(read(getComputedStyle(element).backgroundColor), ground(element.parentElement))
    const linear = (channel: number): number => {
      const part = channel / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    }
    const light = ([r, g, b]: Rgba): number => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    const contrast = (a: Rgba, b: Rgba): number => {
      const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y)
      return (bright! + 0.05) / (dark! + 0.05)
    }
    const faint: string[] = []
    const judge = (text: string, color: string, element: Element): void => {
      const behind = ground(element)
      const ratio = contrast(over(read(color), behind), behind)
      if (ratio < limit) faint.push(`“${text.trim()}” ${ratio.toFixed(2)} (${color} on ${behind.slice(0, 3)})`)
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const element = text.parentElement!
      if (text.textContent?.trim() === '' || !element.checkVisibility()) continue
      judge(text.textContent ?? '', getComputedStyle(element).color, element)
    }
    for (const input of document.querySelectorAll('input')) {
      judge(input.placeholder, getComputedStyle(input, '::placeholder').color, input)
    }
    return faint
  }, least)
}
