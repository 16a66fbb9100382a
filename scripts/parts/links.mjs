import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { ROOT } from './checkout.mjs'

/** Links in the Markdown of a folder that lead to no file or no heading, a sentence each. Looks at no other host. */
export function brokenLinks(root = ROOT) {
  return markdownFiles(root).flatMap((file) => {
    const broken = linksIn(file).filter((link) => !leadsSomewhere(file, link))
    return broken.map((link) => `${relative(root, file)}: the link to ${link} leads nowhere`)
  })
}

const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'coverage', 'api'])

function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = resolve(folder, entry.name)
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** `[text](target)`, `![text](target)` and `src="target"`, code left out. */
function linksIn(file) {
  const text = withoutCode(readFileSync(file, 'utf8'))
  const found = [...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|(?:src|srcset|href)="([^"]+)"/g)]
  return found.map(([, inline, attribute]) => inline ?? attribute).filter((link) => !/^[a-z][a-z+.-]*:/i.test(link))
}

function leadsSomewhere(file, link) {
  const [path, fragment] = decodeURI(link).split('#')
  const target = path === '' ? file : resolve(dirname(file), path)
  if (!existsSync(target)) return false
  return fragment === undefined || !target.endsWith('.md') || headingsOf(target).has(fragment)
}

/** The fragments that GitHub gives to the headings of a page. */
function headingsOf(file) {
  const headings = withoutCode(readFileSync(file, 'utf8'), { keepInline: true }).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)
  const seen = new Map()
  const fragments = [...headings].map(([, title]) => {
    const words = title.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const plain = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
    const times = seen.get(plain) ?? 0
    seen.set(plain, times + 1)
    return times === 0 ? plain : `${plain}-${times}`
  })
  return new Set(fragments)
}

function withoutCode(text, { keepInline = false } = {}) {
  const prose = text.replace(/^(\s*)(`{3,}|~{3,})[\s\S]*?^\s*\2.*$/gm, '')
  return keepInline ? prose : prose.replace(/`[^`\n]*`/g, '')
}
