import { existsSync } from 'node:fs';

const PLACES = ['/usr', '/opt/homebrew/opt/mariadb', '/usr/local/opt/mariadb', '/usr/local'];

/** The programs of MariaDB, which speaks MySQL's protocol, by their names; null where they are not all there. */
export function findMariaDB() {
  const programs = ['mariadb-install-db', 'mariadbd', 'mariadb'].map((name) => [name, find(name)]);
  return programs.every(([, file]) => file !== undefined) ? Object.fromEntries(programs) : null;
}

function find(name) {
  const files = PLACES.flatMap((place) => [`${place}/sbin/${name}`, `${place}/bin/${name}`]);
  return files.find((file) => existsSync(file));
}
