import { basename } from 'node:path';

/** `2024 Sales (final).csv.gz` → `sales_2024_final` would be guessing: it is `t_2024_sales_final`. */
export function tableNameFor(file: string): string {
  const name = basename(file)
    .replace(/(\.(gz|zst))?$/i, '')
    .replace(/\.[^.]*$/, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  if (name === '') return 'data';
  return /^\p{N}/u.test(name) ? `t_${name}` : name;
}
