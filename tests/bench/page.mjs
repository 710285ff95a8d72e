/** The page of benchmarks: a section for each bench, so that a later run can replace one and keep the others. */

const HEAD = `# Benchmarks

Medians, written by \`npm run bench\`. Peers run in turns with ours in the same bench: ratios say more than times, which
depend on the machine. Goals are the project's own; a line that misses its goal says so.`;

/**
 * @typedef {{ columns: readonly string[], rows: readonly (readonly (string | number | null)[])[] }} Table
 * @typedef {{ command: string, tables: readonly Table[] } | { text: string }} Section
 */

/**
 * @param {Record<string, { title: string }>} benches
 * @param {ReadonlyMap<string, Section>} sections
 * @param {number} cores
 */
export function page(benches, sections, cores) {
  const parts = [HEAD];
  for (const [name, { title }] of Object.entries(benches)) {
    const section = sections.get(name);
    if (section === undefined) continue;
    parts.push(begin(name), 'text' in section ? section.text : written(title, section, cores), END);
  }
  return `${parts.join('\n\n')}\n`;
}

/** What a page says already, by bench. @param {string} text */
export function sectionsOf(text) {
  const found = text.matchAll(/<!-- bench: (\w+) -->\n([\s\S]*?)\n<!-- end -->/g);
  return [...found].map(([, name, section]) => [name, { text: section.trim() }]);
}

const begin = (name) => `<!-- bench: ${name} -->`;
const END = '<!-- end -->';

function written(title, { command, tables }, cores) {
  const where = `\`${command}\`, on ${cores} ${cores === 1 ? 'core' : 'cores'}.`;
  return [`## ${title}`, where, ...tables.map(tableText)].join('\n\n');
}

function tableText({ columns, rows }) {
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cell(value) {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return value;
  return value.toLocaleString('en-US', { maximumSignificantDigits: Math.abs(value) < 100 ? 3 : 6 });
}
