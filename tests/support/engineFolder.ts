import { execFileSync } from 'node:child_process';
import { contents } from './processes.js';

/** Takes the sandbox image over from the engine that the machine has. `load` is a command that reads it. */
export function copyImage(load: string, env: NodeJS.ProcessEnv = process.env): void {
  const image = process.env['SANDBOX_IMAGE'] ?? 'worldline-sandbox';
  execFileSync('bash', ['-o', 'pipefail', '-c', `docker save ${image} | ${load}`], { stdio: 'ignore', env });
}

/** What is mounted below a folder, the innermost first. */
export function mountsBelow(folder: string): string[] {
  return contents('/proc/self/mounts')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => place.startsWith(`${folder}/`))
    .reverse();
}

/** Takes away what is mounted below a folder; what is mounted meanwhile is left. */
export function unmountBelow(folder: string): void {
  for (const place of mountsBelow(folder)) execFileSync('umount', ['-l', place]);
}
