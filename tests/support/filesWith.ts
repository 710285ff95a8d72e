import { execFileSync } from 'node:child_process';

/** The files below a folder that hold a text, one on each line; empty where none does. */
export function filesWith(text: string, folder: string): string {
  try {
    return execFileSync('grep', ['-rlaF', '--', text, folder], { encoding: 'utf8' });
  } catch {
    return ''; // grep found nothing
  }
}
