/** How the report looks, on a bright screen, on a dark one and on paper. */
export const styles = `
:root { color-scheme: light dark; --ground: #f7f8fa; --card: #ffffff; --text: #1b2a3a; --quiet: #5f6e7d; --line: #e1e6eb;
  --accent: #0b4f8a; --fill: #3b8bc9; --good: #23744a; --bad: #b3382c; --code: #eef2f6; }
@media (prefers-color-scheme: dark) { :root { --ground: #11161c; --card: #181f27; --text: #dde5ec; --quiet: #93a1af;
  --line: #2a333d; --accent: #7fb8e6; --fill: #4c9ad6; --good: #6cc495; --bad: #ef8576; --code: #212a34; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 0 0 14px; }
p { margin: 0 0 12px; }
a { color: var(--accent); }
header { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: baseline; }
.state { font-weight: 600; font-size: 14px; padding: 1px 10px; border-radius: 99px; border: 1px solid currentColor; }
.good { color: var(--good); } .bad { color: var(--bad); } .quiet { color: var(--quiet); }
.where { color: var(--quiet); margin: 6px 0 24px; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0 0 20px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; }
.card b { display: block; font-size: 24px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; }
.card span { color: var(--quiet); font-size: 13px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 20px 22px; margin: 0 0 20px; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)); gap: 0 20px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 12.5px; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
td { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
td.number:last-child, th.number:last-child { padding-right: 0; }
.whole { white-space: nowrap; }
code { font: 12.5px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  background: var(--code); border-radius: 4px; padding: 1px 6px; overflow-wrap: anywhere; }
.commands { margin: 6px 0 0; font-size: 13px; }
.commands div { margin-top: 3px; }
.commands span { display: inline-block; min-width: 64px; color: var(--quiet); }
dl { display: grid; grid-template-columns: minmax(110px, max-content) 1fr; gap: 4px 18px; margin: 0; font-size: 14px; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--quiet); font-size: 13px; }
ul { margin: 8px 0 0; padding-left: 18px; font-size: 13.5px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--quiet); font-size: 11px; font-family: inherit; }
svg .label { fill: var(--text); }
svg .busy { fill: var(--fill); } svg .all { fill: var(--accent); } svg .failed { stroke: var(--bad); }
svg .grid { stroke: var(--line); } svg .lost { stroke: var(--bad); fill: none; }
.figure { background: #ffffff; border-radius: 6px; padding: 6px; } .figure img { display: block; width: 100%; }
footer { color: var(--quiet); font-size: 13px; }
@media print { body { background: #ffffff; } main { max-width: none; padding: 0; } section, .card { break-inside: avoid; } }
`;
