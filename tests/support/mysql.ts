import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findMariaDB } from '../mariadb.mjs';

export interface MySql {
  readonly port: number;
  run(sql: string): void;
  stop(): Promise<void>;
}

/** A server that speaks MySQL's protocol, of its own below a folder, on a port of this machine alone. */
export async function startMySql(folder: string, port: number): Promise<MySql> {
  const programs = findMariaDB();
  if (programs === null) throw new Error('MariaDB is not there: npm test installs it.');
  mkdirSync(folder, { recursive: true });
  const [data, socket] = [join(folder, 'data'), join(folder, 'socket')];
  // It refuses to run as root where it is not told to.
  const shared = ['--no-defaults', ...(process.getuid?.() === 0 ? ['--user=root'] : []), `--datadir=${data}`];
  const making = [...shared, '--auth-root-authentication-method=normal', '--skip-test-db'];
  execFileSync(programs['mariadb-install-db'], making, { stdio: 'ignore' });
  const listening = ['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${socket}`];
  const server = spawn(programs.mariadbd, [...shared, ...listening, `--pid-file=${folder}/pid`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(server, 'exit');
  await new Promise<void>((resolve, reject) => {
    const lines: string[] = [];
    createInterface(server.stderr).on('line', (line) => {
      lines.push(line);
      if (line.includes('ready for connections')) resolve();
    });
    server.on('error', reject);
    server.on('exit', () => {
      reject(new Error(`MariaDB did not start: ${lines.join('\n')}`));
    });
  });
  return {
    port,
    run: (sql) => {
      const address = ['--no-defaults', '--user=root', `--socket=${socket}`, '--execute', sql];
      execFileSync(programs.mariadb, address, { stdio: ['ignore', 'ignore', 'inherit'] });
    },
    stop: async () => {
      server.kill('SIGKILL');
      await exited;
    },
  };
}
