import { spawn } from 'node:child_process';
import type { Host } from '../worldlines/types.js';
import { turnsUpTo } from '../agent/turnsUpTo.js';
import { isTurn } from './agentContext.js';
import { closedDatabases, importTables } from './closedDatabases.js';
import type { Kernel } from './Kernel.js';

/** What the worldlines need of the running kernel. */
export function createHost(kernel: Kernel): Host {
  return {
    newWorkspace: () => kernel.spareWorkspace(),
    open: (place) => Promise.resolve(kernel.opened(place)),
    nbconvert: (args) => nbconvert(kernel.environment, args),
    importTables: (place, folder) => importTables(kernel.opened(place).database, folder),
    turnsUpTo: (turns, step) => turnsUpTo(turns.filter(isTurn), step),
    ...closedDatabases(kernel.paths.home),
  };
}

/** Runs `jupyter nbconvert`; rejects with what it printed. */
function nbconvert(environment: NodeJS.ProcessEnv, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(environment['WORLDLINE_JUPYTER'] ?? 'jupyter', ['nbconvert', ...args], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
    child.on('error', (error) => {
      reject(new Error(`jupyter nbconvert could not be started: ${error.message}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`jupyter nbconvert failed:\n${Buffer.concat(printed).toString('utf8').trim()}`));
    });
  });
}
