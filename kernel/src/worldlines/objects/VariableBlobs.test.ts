import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ObjectStore } from './ObjectStore.js';
import { VariableBlobs } from './VariableBlobs.js';

test('a buffer is taken in as it is, and one that is larger than allowed leaves nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  try {
    const blobs = new VariableBlobs(new ObjectStore(join(folder, 'objects'), join(folder, 'aside')));
    await writeFile(join(folder, 'buffer'), 'x'.repeat(1000));
    const file = await open(join(folder, 'buffer'));
    await expect(blobs.adopt(file, 999)).rejects.toThrow('larger');
    const { id, bytes, added } = await blobs.adopt(file, 1000);
    expect({ bytes, added }).toEqual({ bytes: 1000, added: true });
    expect(await readFile(join(blobs.folder, id), 'utf8')).toBe('x'.repeat(1000));
    expect((await blobs.adopt(file, 1000)).added).toBe(false);
    expect(await readdir(blobs.folder)).toEqual([id]);
    await file.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
