export function findMariaDB(): Record<'mariadb-install-db' | 'mariadbd' | 'mariadb', string> | null;
