/** The chart of benchmarks: a bar for each line that has a peer, on a logarithmic scale around the peer's 1. */
import { isMet, ratioOf } from './page.mjs';

const ROW = 24;
const LABELS = 400;
const BARS = 420;
const TOP = 46;
const LEAST = 0.001;
const MOST = 10;
// Readable on white as on black.
const COLOURS = { text: '#808080', axis: '#9e9e9e', met: '#2e8b57', missed: '#c4682b', open: '#4a7fc1' };

/** @param {readonly import('./measure.mjs').Line[]} lines @returns {string} an SVG */
export function chart(lines) {
  const beside = lines.filter((line) => line.peer !== undefined && line.peer.median > 0);
  const height = TOP + beside.length * ROW + 10;
  const ticks = [0.001, 0.01, 0.1, 1, 10].map(
    (value) => `
  <line x1="${x(value)}" y1="${TOP - 6}" x2="${x(value)}" y2="${height - 8}" stroke="${COLOURS.axis}" stroke-width="${value === 1 ? 1.5 : 0.4}"/>
  <text x="${x(value)}" y="${TOP - 12}" text-anchor="middle">${value}</text>`,
  );
  const bars = beside.map((line, index) => bar(line, TOP + index * ROW));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LABELS + BARS + 70} ${height}" font-family="sans-serif" font-size="12" fill="${COLOURS.text}">
  <text x="${LABELS - 8}" y="16" text-anchor="end">ours ÷ the peer’s: left of 1 is better</text>${ticks.join('')}
${bars.join('\n')}
</svg>
`;
}

function bar(line, y) {
  const ratio = ratioOf(line);
  const [from, to] = [x(1), x(ratio)].toSorted((a, b) => a - b);
  const colour = line.goal === undefined ? COLOURS.open : isMet(line) ? COLOURS.met : COLOURS.missed;
  const text = ratio.toLocaleString('en-US', { maximumSignificantDigits: 2 });
  const right = ratio >= 1;
  return `  <text x="${LABELS - 8}" y="${y + 15}" text-anchor="end">${escaped(`${line.what} / ${line.beside}`)}</text>
  <rect x="${from}" y="${y + 4}" width="${Math.max(1, to - from)}" height="${ROW - 9}" rx="2" fill="${colour}"/>
  <text x="${right ? to + 5 : from - 5}" y="${y + 15}" text-anchor="${right ? 'start' : 'end'}">${text}</text>`;
}

/** Where a ratio stands, from left to right. */
function x(ratio) {
  const clamped = Math.min(MOST, Math.max(LEAST, ratio));
  const share = Math.log10(clamped / LEAST) / Math.log10(MOST / LEAST);
  return Math.round(LABELS + 40 + share * BARS);
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
