import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DUCKDB_FOLDER } from '../duckdb.mjs';

const EXTENSIONS = ['httpfs', 'mysql_scanner', 'postgres_scanner', 'sqlite_scanner'];

/**
 * The built kernel once more, below a folder, on the DuckDB whose extensions are there, and a home folder in which they
 * are installed. What differs is the version of DuckDB alone.
 */
export function kernelWithExtensions(folder: string): { main: string; home: string } {
  const [kernel, modules, home] = [
    join(folder, 'kernel'),
    join(folder, 'node_modules'),
    join(folder, 'home'),
  ];
  mkdirSync(modules, { recursive: true });
  cpSync('kernel/dist', join(kernel, 'dist'), { recursive: true });
  cpSync('kernel/package.json', join(kernel, 'package.json'));
  link(join(DUCKDB_FOLDER, 'node_modules'), modules);
  link('kernel/node_modules', modules);
  link('node_modules', modules);

  const [version = '', platform = ''] = execFileSync(process.execPath, ['--input-type=module', '-e', ASK], {
    cwd: DUCKDB_FOLDER,
    encoding: 'utf8',
  }).split(' ');
  const installed = join(home, '.duckdb', 'extensions', version, platform);
  mkdirSync(installed, { recursive: true });
  for (const name of EXTENSIONS) {
    const file = `${name}.duckdb_extension`;
    symlinkSync(
      join(sitePackages(), `duckdb_extension_${name}`, 'extensions', version, file),
      join(installed, file),
    );
  }
  return { main: join(kernel, 'dist', 'main.js'), home };
}

const ASK = `
  import { DuckDBInstance } from '@duckdb/node-api';
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll('SELECT library_version, platform FROM pragma_version(), pragma_platform()');
  process.stdout.write(reader.getRows()[0].join(' '));`;

function link(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const name of readdirSync(from)) {
    if (!name.startsWith('.') && !existsSync(join(to, name)))
      symlinkSync(join(process.cwd(), from.replace(process.cwd(), ''), name), join(to, name));
  }
}

function sitePackages(): string {
  const lib = join(process.cwd(), '.venv', 'lib');
  const python = readdirSync(lib).find((name) => name.startsWith('python'));
  return join(lib, python ?? '', 'site-packages');
}
