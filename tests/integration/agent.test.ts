import { expect, test } from '@jest/globals';
import { dataOf, shown } from './withKernel.js';
import { call, withModel } from './withModel.js';

test('the answer appears while it is written', () => {
  let write: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const answer = `It rains often: ${'drop by drop, '.repeat(40)}done.`;
  return withModel(
    [{ ...call('finish', { answer, evidence: [] }), holdHalfway: written }],
    async ({ kernel }) => {
      const running = kernel.execute('Does it rain?', { metadata: { cellId: 'c1' } });
      const early = await kernel.next(
        ({ type, content }) =>
          type === 'update_display_data' && dataOf(content, 'text/html').includes('It rains often'),
      );
      expect(dataOf(early.content, 'text/html')).not.toContain('done.');
      write();
      expect(shown(await running)).toContain(answer);
    },
  );
});
