// @ts-check
/** The demo's report: one page without scripts, styles or pictures from elsewhere. */

/**
 * @param {object} demo
 * @param {{name: string, size: number, note: string}} demo.file
 * @param {import('./tiers.mjs').Row[]} demo.rows
 * @param {string} demo.root
 * @param {Record<string, string>} demo.machine
 * @param {number} demo.seconds
 */
export function reportHtml({ file, rows, root, machine, seconds }) {
  const roots = rows.filter(row => row.step === 'root')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>zgkit demo</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
h1, h2 { line-height: 1.2 } code { overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d8dee4 }
td.rate { text-align: right; font-variant-numeric: tabular-nums } tr.bad td { color: #b3261e; font-weight: 600 }
text { font: 14px system-ui, sans-serif; fill: currentColor } rect { fill: #3567d6 }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117 } th, td { border-color: #30363d } rect { fill: #6d9bff } }
</style>
</head>
<body>
<h1>zgkit demo</h1>
<p><b>${escapeHtml(file.name)}</b>, ${file.size.toLocaleString('en')} bytes${file.note ? `, ${escapeHtml(file.note)}` : ''}.
File root <code>${root}</code>.</p>
<h2>File root, MB/s</h2>
${bars(roots)}
<h2>Steps</h2>
<table>
<tr><th>step</th><th>tier</th><th>MB/s</th><th>result</th></tr>
${rows.map(tableRow).join('\n')}
</table>
<h2>Machine</h2>
<table>
${Object.entries(machine)
  .map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
  .join('\n')}
</table>
<p>One pass for each tier, ${seconds.toFixed(1)} s in all, file read from disk while it is hashed: a demonstration, not a
benchmark (<code>npm run bench</code> is one).</p>
</body>
</html>
`
}

/** @param {import('./tiers.mjs').Row} row */
function tableRow({ step, tier, rate, result, ok }) {
  const cells = `<td>${escapeHtml(step)}</td><td>${escapeHtml(tier)}</td><td class="rate">${rate}</td><td>${escapeHtml(result)}</td>`
  return `<tr${ok ? '' : ' class="bad"'}>${cells}</tr>`
}

/** @param {import('./tiers.mjs').Row[]} rows */
function bars(rows) {
  const [left, width, height] = [90, 520, 28]
  const most = Math.max(1, ...rows.map(row => row.megabytesPerSecond))
  const shapes = rows.map((row, i) => {
    const y = i * height
    const length = Math.max(1, (row.megabytesPerSecond / most) * width)
    return (
      `<text x="0" y="${y + 18}">${escapeHtml(row.tier)}</text>` +
      `<rect x="${left}" y="${y + 4}" width="${length.toFixed(1)}" height="${height - 8}" rx="3"/>` +
      `<text x="${(left + length + 8).toFixed(1)}" y="${y + 18}">${row.rate}</text>`
    )
  })
  const label = rows.map(row => `${row.tier} ${row.rate}`).join(', ')
  return `<svg viewBox="0 0 700 ${rows.length * height}" role="img" aria-label="MB/s: ${escapeHtml(label)}">${shapes.join('')}</svg>`
}

/** @param {string} text */
const escapeHtml = text => text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)
