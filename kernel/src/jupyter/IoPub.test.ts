import { expect, test } from '@jest/globals';
import { IoPub } from './IoPub.js';
import { Encoder, NO_PARENT } from './message.js';
import { Signer } from './Signer.js';

/** Counts what it encodes. */
class Counting extends Encoder {
  encoded = 0;

  override encode(...message: Parameters<Encoder['encode']>): ReturnType<Encoder['encode']> {
    this.encoded += 1;
    return super.encode(...message);
  }
}

test('of a long text, the first part leaves before the next is encoded', async () => {
  const encoder = new Counting(new Signer('key', 'sha256'), 'session');
  const sent: { text: string; encoded: number }[] = [];
  const iopub = new IoPub(
    {
      send: (frames) => {
        const { text } = JSON.parse(String(frames.at(-1))) as { text: string };
        sent.push({ text, encoded: encoder.encoded });
        return Promise.resolve();
      },
    },
    encoder,
  );
  for (const text of ['one', 'two', 'three']) iopub.holdText({ name: 'stdout', text }, NO_PARENT);
  await iopub.flushed();
  expect(sent).toEqual([
    { text: 'one', encoded: 1 },
    { text: 'two', encoded: 2 },
    { text: 'three', encoded: 3 },
  ]);
});
