import { spawn } from 'node:child_process';
import { Problem } from './problem.mjs';
import { seconds } from './report.mjs';

/** How often a long command reports that it goes on, in milliseconds. */
const HEARTBEAT = 15_000;
/** Lines of a failed command's output that are shown. */
const TAIL = 40;

/**
 * Runs a command and gives what it printed; never throws. `code` is null where the command does not exist.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { input?: string }} options
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
export function capture(command, args, { input, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...options,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (error) => resolve({ code: null, stdout, stderr: error.message }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128, stdout, stderr: stderr || (signal ?? '') }),
    );
    child.stdin?.end(input);
  });
}

/**
 * Runs a command that may take long, reporting its last line now and then. Throws a Problem with the end of its output
 * where it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { say: import('./report.mjs').Say, fix: string }} options
 */
export async function work(command, args, { say, fix, ...options }) {
  const began = performance.now();
  /** @type {string[]} */
  const lines = [];
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text) => {
      lines.push(...text.split(/[\r\n]+/).filter((line) => line.trim() !== ''));
      lines.splice(0, lines.length - TAIL);
    });
  }
  const beat = setInterval(() => {
    say(`… ${seconds(performance.now() - began)}: ${(lines.at(-1) ?? 'still at work').trim().slice(0, 100)}`);
  }, HEARTBEAT);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) throw new Error(`it ended with code ${code}`);
  } catch (error) {
    const shown = [command, ...args].join(' ');
    throw new Problem(
      `This command failed (${error.message}): ${shown.length > 200 ? `${shown.slice(0, 200)}…` : shown}`,
      `${lines.map((line) => `    ${line}`).join('\n')}\n\n${fix}`,
    );
  } finally {
    clearInterval(beat);
  }
}

/**
 * Runs a command in the foreground, with the terminal's own input and output, and gives its exit code. Ctrl-C is for the
 * command: this process waits for what the command makes of it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function foreground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const leftToIt = () => undefined;
    process.on('SIGINT', leftToIt);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', leftToIt);
      resolve(code ?? 128);
    });
  });
}
