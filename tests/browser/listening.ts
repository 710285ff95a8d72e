import type { ChildProcess } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';

/** Resolves once a server answers at an address, which is after it says where it is; rejects with its log where it ends instead. */
export async function listening(child: ChildProcess, name: string, address: string): Promise<void> {
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  while (!(await answers(address))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${name} ended with ${String(child.exitCode ?? child.signalCode)}:\n${log}`);
    await after(50);
  }
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(address)).ok;
  } catch {
    return false; // nobody listens yet
  }
}
