/**
 * The chart: records a second of the whole path, a bar each, as an SVG that is readable on light
 * and on dark ground.
 */

const WIDTH = 860;
const LABEL = 120;
const VALUE = 180;
const BAR = 16;
const GAP = 5;
const HEAD = 34;
const FOOT = 44;

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .small { font-size: 11px; fill: #59636e; }
  .ours { fill: #1f6feb; }
  .peer { fill: #9aa4af; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .ours { fill: #4493f8; }
    .peer { fill: #59636e; }
  }`;

/** The bars of one scenario, longest first, from `top` on; and where they end. */
function bars(title, rows, top, most) {
  const parts = [`<text class="title" x="0" y="${top + 14}">${escape(title)}</text>`];
  let y = top + 24;
  for (const row of [...rows].sort((a, b) => b.rate - a.rate)) {
    const width = Math.max(Math.round(row.rate / most * (WIDTH - LABEL - VALUE)), 1);
    const middle = y + BAR - 4;
    const ratio = row.toCPython === undefined ? "" : ` (${row.toCPython.toFixed(1)} × CPython)`;
    parts.push(
      `<text x="${LABEL - 8}" y="${middle}" text-anchor="end">${escape(row.name)}</text>`,
      `<rect class="${
        row.family === "logwire" ? "ours" : "peer"
      }" x="${LABEL}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
      `<text class="small" x="${LABEL + width + 6}" y="${middle}">${
        thousands(row.rate)
      } k/s${ratio}</text>`,
    );
    y += BAR + GAP;
  }
  return { svg: parts.join("\n"), end: y };
}

function thousands(rate) {
  return Math.round(rate / 1000).toLocaleString("en");
}

function escape(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/**
 * The chart of `rows` (see report.mjs) of records of `kind` whose group is one of `groups`; the bare writes are left out,
 * next to which nothing else would be seen. `caption` names the machine and the versions.
 */
export function toChart(rows, { groups = ["burst", "turns"], kind = "args", caption = [] } = {}) {
  const shown = rows.filter((row) =>
    groups.includes(row.group) && row.kind === kind && row.family !== "raw" &&
    row.rate !== undefined
  );
  const most = Math.max(...shown.map(({ rate }) => rate), 1);
  const parts = [];
  let y = HEAD;
  for (const group of groups) {
    const own = shown.filter((row) => row.group === group);
    if (own.length === 0) continue;
    const { svg, end } = bars(own[0].scenario, own, y, most);
    parts.push(svg);
    y = end + 18;
  }
  caption.forEach((line, i) =>
    parts.push(`<text class="small" x="0" y="${y + 10 + i * 15}">${escape(line)}</text>`)
  );
  const height = y + FOOT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img"
  aria-label="Records a second from the logging call to the last byte in the sink">
<style>${style}
</style>
<text class="title" x="0" y="16">Records a second, from the call to the last byte in the sink, over TCP</text>
${parts.join("\n")}
</svg>
`;
}
