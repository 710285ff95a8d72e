import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Disk {
  readonly folder: string;
  remove(): void;
}

/** Mounting a file system takes root on Linux. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0;

/** A file system of its own in a file, mounted. Throws where its tools are missing. */
export function makeDisk(kind: 'btrfs' | 'xfs', bytes = 512 * 1024 ** 2): Disk {
  const root = mkdtempSync(join(tmpdir(), 'worldlines-disk-'));
  const [image, folder] = [join(root, 'image'), join(root, 'disk')];
  try {
    writeFileSync(image, '');
    truncateSync(image, bytes);
    mkdirSync(folder);
    execFileSync(`mkfs.${kind}`, ['-q', image], { stdio: 'ignore' });
    execFileSync('mount', ['-o', 'loop', image, folder], { stdio: 'ignore' });
  } catch (error) {
    rmSync(root, { recursive: true });
    throw error;
  }
  return {
    folder,
    remove() {
      execFileSync('umount', [folder]);
      rmSync(root, { recursive: true });
    },
  };
}
