import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { filesNamedIn, Grants } from './Grants.js';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'worldline-grants-')));
  await mkdir(join(folder, 'notebook'));
  await mkdir(join(folder, 'data', '.hidden'), { recursive: true });
  for (const name of ['data/a.csv', 'data/with space.csv', 'data/.env', 'data/.hidden/b.csv'])
    await writeFile(join(folder, name), 'x\n');
  await symlink(homedir(), join(folder, 'home'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the folder of the notebook is readable, the home folder and / never as a whole', async () => {
  expect(new Grants(join(folder, 'notebook')).readable.folders).toEqual([join(folder, 'notebook')]);
  for (const wide of ['/', homedir(), `${homedir()}/`, '/usr/..', dirname(homedir())]) {
    expect(new Grants(wide).readable.folders).toEqual([]);
    const refused = new Grants(join(folder, 'notebook')).allow(wide, false);
    await expect(refused).rejects.toMatchObject({
      name: 'TooWide',
      hint: expect.stringContaining('your data'),
    });
  }
});

test('a link to the home folder is no way around', async () => {
  const grants = new Grants(join(folder, 'notebook'));
  await expect(grants.allow(join(folder, 'home'), false)).rejects.toMatchObject({ name: 'TooWide' });
  expect(new Grants(join(folder, 'home')).readable.folders).toEqual([]);
});

test('folders and addresses are granted once, and taken back', async () => {
  const grants = new Grants(join(folder, 'notebook'));
  await grants.allow(join(folder, 'data'), false);
  await grants.allow(join(folder, 'data'), false);
  await grants.allow('s3://bucket/prefix', false);
  expect(grants.readable).toEqual({
    folders: [join(folder, 'notebook'), join(folder, 'data')],
    files: [],
    urls: ['s3://bucket/prefix'],
  });
  await grants.allow(join(folder, 'data'), true);
  await grants.allow('s3://bucket/prefix', true);
  expect(grants.readable).toMatchObject({ folders: [join(folder, 'notebook')], urls: [] });
  await expect(grants.allow(join(folder, 'data'), true)).rejects.toMatchObject({ name: 'NotFound' });
  await expect(grants.allow(join(folder, 'data/a.csv'), false)).rejects.toMatchObject({ name: 'NotAFolder' });
});

test('a notebook whose folder is gone meanwhile can still name files', async () => {
  const gone = join(folder, 'gone');
  await mkdir(gone);
  const grants = new Grants(gone);
  await rm(gone, { recursive: true });
  expect(await grants.grantNamedIn('select 1')).toBe(false);
  expect(await grants.grantNamedIn(`from '${join(folder, 'data/a.csv')}'`)).toBe(true);
});

test('a file that was named is taken back as well, and what is gone meanwhile; what was not granted is not', async () => {
  const grants = new Grants(join(folder, 'notebook'));
  const file = join(folder, 'data/a.csv');
  grants.grantFiles([file]);
  await grants.allow(file, true);
  expect(grants.readable.files).toEqual([]);
  const gone = join(folder, 'gone-data');
  await mkdir(gone);
  await grants.allow(gone, false);
  await rm(gone, { recursive: true });
  await grants.allow(gone, true);
  expect(grants.readable.folders).toEqual([join(folder, 'notebook')]);
  for (const never of [file, gone, 's3://bucket/prefix'])
    await expect(grants.allow(never, true)).rejects.toMatchObject({ name: 'NotFound' });
});

test('a file is granted by being named, unless its folder is granted already', async () => {
  const grants = new Grants(join(folder, 'notebook'));
  const file = join(folder, 'data/a.csv');
  expect(grants.grantFiles([file])).toBe(true);
  expect(grants.grantFiles([file])).toBe(false);
  await grants.allow(join(folder, 'data'), false);
  expect(grants.grantFiles([join(folder, 'data/with space.csv')])).toBe(false);
});

test.each([
  [`from '<data>/a.csv'`, ['a.csv']],
  [`pd.read_csv("<data>/with space.csv")`, ['with space.csv']],
  ['What is in <data>/a.csv?', ['a.csv']],
  [`from '../data/a.csv'`, ['a.csv']],
  [`from '<data>/.env'`, []],
  [`from '<data>/.hidden/b.csv'`, []],
  [`from '<data>'`, []],
  [`from '<data>/none.csv'`, []],
  [`from 'a.csv'`, []],
  ['#!/usr/bin/env python3', []],
  [`open('/proc/self/status')`, []],
  [`os.symlink('/etc/passwd', 'passwd.png')`, []],
])('what a text names: %s', async (text, names) => {
  const data = join(folder, 'data');
  const found = await filesNamedIn(text.replaceAll('<data>', data), join(folder, 'notebook'), false);
  expect(found).toEqual(names.map((name) => join(data, name)));
});

test.each([
  [`from 'a.csv'`, ['a.csv']],
  ['What is in a.csv?', ['a.csv']],
  ['Compare a.csv, "with space.csv" and none.csv.', ['a.csv', 'with space.csv']],
  ['select x.y from a', []],
  [`from '.env'`, []],
  [`from '.hidden/b.csv'`, []],
])('what a text names beside a notebook whose folder may not be read as a whole: %s', async (text, names) => {
  const data = join(folder, 'data');
  expect(await filesNamedIn(text, data, true)).toEqual(names.map((name) => join(data, name)));
});
