import { existsSync, readdirSync } from 'node:fs';

const PLACES = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/local'];

/** The folder of PostgreSQL's own programs, such as initdb; null where there is none. */
export function findPostgres() {
  for (const place of PLACES.filter((folder) => existsSync(folder))) {
    for (const name of readdirSync(place).toReversed()) {
      const bin = `${place}/${name}/bin`;
      if (existsSync(`${bin}/initdb`)) return bin;
    }
  }
  return null;
}
