import { spawn } from 'node:child_process';
import type { Host } from '../worldlines/types.js';
import type { Kernel } from './Kernel.js';

/** What the worldlines need of the running kernel. */
export function createHost(kernel: Kernel): Host {
  return {
    newWorkspace: () => kernel.spareWorkspace(),
    open: (place) => Promise.resolve(kernel.opened(place)),
    nbconvert: (request) => nbconvert(kernel.environment, request),
  };
}

type Report = Parameters<NonNullable<Host['nbconvert']>>[0];

/** Runs `jupyter nbconvert`; rejects with what it printed. A PDF is made by Chromium, as nbconvert's WebPDF. */
function nbconvert(environment: NodeJS.ProcessEnv, { notebook, to, output, noInput }: Report): Promise<void> {
  const args = ['nbconvert', notebook, '--to', to === 'pdf' ? 'webpdf' : to, '--output', output];
  return new Promise((resolve, reject) => {
    const child = spawn('jupyter', noInput ? [...args, '--no-input'] : args, {
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
