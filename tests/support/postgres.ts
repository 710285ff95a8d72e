import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findPostgres } from '../postgres.mjs';

export interface Postgres {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  run(sql: string): void;
  /** Stops it for the time of the body. */
  whileStopped(body: () => Promise<void>): Promise<void>;
  stop(): void;
}

/** A PostgreSQL server of its own below a folder, on a port of this machine alone, that asks for a password. */
export function startPostgres(folder: string, port: number): Postgres {
  const bin = findPostgres();
  if (bin === null) throw new Error('PostgreSQL is not there: npm test installs it.');
  const [data, secret] = [join(folder, 'data'), join(folder, 'password')];
  const [user, password] = ['shop', "it's s3cret&long"];
  mkdirSync(folder, { recursive: true });
  writeFileSync(secret, password);
  // It refuses to run as root.
  const root = process.getuid?.() === 0;
  const owner = root ? Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })) : null;
  if (owner !== null) for (const path of [folder, secret]) chownSync(path, owner, owner);
  const as = owner === null ? {} : { uid: owner, gid: owner };
  const program = (name: string, ...args: string[]): void => {
    execFileSync(join(bin, name), args, { ...as, cwd: folder, stdio: 'ignore' });
  };
  program('initdb', '-D', data, '-U', user, `--pwfile=${secret}`, '-A', 'scram-sha-256', '--no-sync');
  const options = `-p ${port} -k ${folder} -h 127.0.0.1 -F`;
  const start = (): void => {
    program('pg_ctl', '-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start');
  };
  const stop = (): void => {
    program('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
  };
  start();
  return {
    port,
    user,
    password,
    run: (sql) => {
      const env = { ...process.env, PGPASSWORD: password };
      const address = ['-h', '127.0.0.1', '-p', String(port), '-U', user, '-d', 'postgres'];
      execFileSync(join(bin, 'psql'), [...address, '-v', 'ON_ERROR_STOP=1', '-c', sql], {
        env,
        stdio: 'ignore',
      });
    },
    whileStopped: async (body) => {
      stop();
      try {
        await body();
      } finally {
        start();
      }
    },
    stop,
  };
}
