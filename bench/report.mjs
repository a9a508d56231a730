// @ts-check
/** bench-report.html: one file, nothing loaded from elsewhere. */
import { cells, LEGEND, machineLines, quantity } from './format.mjs'

const BAR = { height: 20, gap: 6, label: 330, width: 560, value: 150 }
const STYLE = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1500px; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums }
th, td { padding: 2px 10px; text-align: right; border-bottom: 1px solid #8884; white-space: nowrap }
th:nth-child(-n+5), td:nth-child(-n+5), td[colspan] { text-align: left }
.scroll { overflow-x: auto }
svg { max-width: 100%; height: auto; font: 13px system-ui, sans-serif }
svg text { fill: currentColor }
.ours { fill: #2b7de9 } .rival { fill: #9a9a9a }
pre { white-space: pre-wrap }`

/** @param {string} text */
const escaped = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)

/**
 * @param {object} result
 * @param {readonly {workload: import('./workloads.mjs').Workload, rows: readonly import('./compare.mjs').Row[]}[]} result.results
 * @param {Awaited<ReturnType<typeof import('./machine.mjs').fingerprint>>} result.machine
 */
export function htmlReport({ results, machine }) {
  const sections = results.map(
    ({ workload, rows }) => `<h2>${escaped(workload.name)}</h2>
<p>${escaped(workload.about)}. Bars: ${workload.speed} at the median.</p>
${bars(rows)}
<div class="scroll">${htmlTable(cells(rows, machine.gigahertzBefore))}</div>`,
  )
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>zgkit benchmark</title><style>${STYLE}</style>
<h1>zgkit benchmark</h1>
<pre>${escaped(machineLines(machine).join('\n'))}</pre>
${sections.join('\n')}
<p>${escaped(LEGEND.join(' '))}</p>
</html>
`
}

/** @param {readonly import('./compare.mjs').Row[]} rows */
function bars(rows) {
  const timed = rows.flatMap(({ speed, ...row }) => (speed ? [{ ...row, speed }] : []))
  const most = Math.max(...timed.map(({ speed }) => speed.atMedian))
  const step = BAR.height + BAR.gap
  const drawn = timed.map(({ subject, ours, tier, isa, threads, speed }, i) => {
    const label = [subject, tier, isa, threads > 1 ? `${threads} threads` : null].filter(Boolean).join(', ')
    const width = Math.max(1, (BAR.width * speed.atMedian) / most)
    const [y, baseline] = [i * step, i * step + BAR.height - 5]
    return `<text x="${BAR.label - 8}" y="${baseline}" text-anchor="end">${escaped(label)}</text>
<rect class="${ours ? 'ours' : 'rival'}" x="${BAR.label}" y="${y}" width="${width.toFixed(1)}" height="${BAR.height}"/>
<text x="${(BAR.label + width + 6).toFixed(1)}" y="${baseline}">${quantity(speed.atMedian)} ${speed.unit}</text>`
  })
  const [width, height] = [BAR.label + BAR.width + BAR.value, timed.length * step]
  return `<svg role="img" viewBox="0 0 ${width} ${height}" width="${width}">${drawn.join('\n')}</svg>`
}

/** @param {readonly string[][]} lines */
function htmlTable([heading = [], ...lines]) {
  const body = lines.map(line => {
    const missing = heading.length - line.length
    const columns = line.map((cell, i) =>
      i === line.length - 1 && missing > 0
        ? `<td colspan="${missing + 1}">${escaped(cell)}</td>`
        : `<td>${escaped(cell)}</td>`,
    )
    return `<tr>${columns.join('')}</tr>`
  })
  return `<table><tr>${heading.map(cell => `<th>${escaped(cell)}</th>`).join('')}</tr>\n${body.join('\n')}</table>`
}
