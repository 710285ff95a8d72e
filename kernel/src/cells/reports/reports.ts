import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WorldlineError } from '../../worldlines/errors.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/** Runs `jupyter nbconvert`; rejects with what it printed. */
export async function nbconvert(environment: NodeJS.ProcessEnv, args: readonly string[]): Promise<void> {
  await runTool(
    'jupyter nbconvert',
    environment['WORLDLINE_JUPYTER'] ?? 'jupyter',
    ['nbconvert', ...args],
    environment,
    'Reports need Jupyter: add its folder to PATH, or name the program in WORLDLINE_JUPYTER; .ipynb works without.',
  );
}

/** What prints a page to a PDF file: Chromium or Chrome. Throws a WorldlineError where none is found. */
export function pdfPrinter(environment: NodeJS.ProcessEnv): (html: string, pdf: string) => Promise<void> {
  const browser = findBrowser(environment);
  if (browser === null || (isAbsolute(browser) && !existsSync(browser))) {
    const found = browser === null ? 'none was found' : `${browser} is not there`;
    throw new WorldlineError(
      `A PDF report needs Chromium or Chrome, and ${found}. Install one, or name it in WORLDLINE_CHROMIUM; .html and .md work without.`,
    );
  }
  return (html, pdf) => printPdf(browser, environment, html, pdf);
}

/** What cells made is in the page, so it may neither run scripts nor reach a network. */
async function printPdf(
  browser: string,
  environment: NodeJS.ProcessEnv,
  html: string,
  pdf: string,
): Promise<void> {
  const page = await readFile(html, 'utf8');
  await writeFile(
    html,
    page.replace('<head>', `<head><meta http-equiv="Content-Security-Policy" content="${POLICY}">`),
  );
  const profile = await mkdtemp(join(tmpdir(), 'worldline-print-'));
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  try {
    await runTool(
      browser,
      browser,
      [
        ...['--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking', ...asRoot],
        '--host-resolver-rules=MAP * ~NOTFOUND',
        ...[`--user-data-dir=${profile}`, '--no-pdf-header-footer', `--print-to-pdf=${pdf}`],
        pathToFileURL(html).href,
      ],
      environment,
      'Name Chromium or Chrome in WORLDLINE_CHROMIUM; .html and .md work without.',
    );
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  if (!existsSync(pdf)) throw new WorldlineError(`${browser} wrote no PDF. Try a report that ends in .html.`);
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function findBrowser(environment: NodeJS.ProcessEnv): string | null {
  const named = environment['WORLDLINE_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const { PATH: path = '' } = environment;
  const folders = path.split(delimiter);
  const candidates = [
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...APPLICATIONS,
  ];
  return candidates.find((file) => existsSync(file)) ?? null;
}

function runTool(
  what: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  advice: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
    child.on('error', (error) => {
      reject(new WorldlineError(`${what} could not be started: ${error.message}. ${advice}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new WorldlineError(`${what} failed:\n${Buffer.concat(printed).toString('utf8').trim()}`));
    });
  });
}
