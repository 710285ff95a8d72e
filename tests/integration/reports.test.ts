import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { shown, withKernel } from './withKernel.js';
import { call, withModel } from './withModel.js';

const REPORT =
  "select month(date) as month, round(avg(temp_max), 1) as warmest from 'seattle-weather.csv' group by 1 order by 1";

test('a worldline becomes a report: as a page, as text, and printed, with the steps or without', () =>
  withModel(
    [
      call('run_sql', { sql: REPORT }),
      call('finish', { answer: 'August is the **warmest** month.', evidence: ['r1'] }),
    ],
    async ({ kernel, folder }) => {
      await kernel.execute(`%%sql\n${REPORT}`);
      await kernel.execute('Which month\nis the warmest?');
      for (const file of ['full.html', 'short.html --no-steps', 'short.md --no-steps', 'report.pdf']) {
        expect(shown(await kernel.execute(`%export main ${file}`))).toMatch(/^Wrote /);
      }
      const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
      for (const name of ['full.html', 'short.html', 'short.md']) {
        expect(read(name)).toContain('Which month is the warmest?');
        expect(read(name)).toMatch(/warmest(<\/strong>|\*\*) month/);
      }
      expect(read('full.html')).toContain('group by');
      expect(read('short.html')).not.toContain('group by');
      expect(read('short.md')).not.toContain('group by');
      expect(read('short.md').split('August is')).toHaveLength(2);
      expect(read('report.pdf').startsWith('%PDF-')).toBe(true);

      // A report that nobody changed is written again; what somebody wrote is not lost to one.
      expect(shown(await kernel.execute('%export main "short.md"'))).toMatch(/^Wrote /);
      expect(read('short.md')).toContain('group by');
      expect(readdirSync(folder).filter((name) => name.startsWith('.worldline'))).toEqual([]);
      appendFileSync(join(folder, 'short.md'), 'My own words.');
      writeFileSync(join(folder, '--[1] *.html'), '<p>Mine</p>');
      for (const name of ['short.md', '--[1] *.html']) {
        const before = read(name);
        expect(shown(await kernel.execute(`%export main "${name}"`))).toContain('it stays as it is');
        expect(read(name)).toBe(before);
      }
      rmSync(join(folder, '--[1] *.html'));
      expect(shown(await kernel.execute('%export main "--[1] *.html"'))).toMatch(/^Wrote /);
      expect(shown(await kernel.execute('%export main x.html --with-data'))).toContain('.ipynb');
      expect(shown(await kernel.execute('%export main /proc/x.html'))).toContain('cannot be written');
    },
    { WORLDLINE_JUPYTER: join(process.cwd(), '.venv/bin/jupyter') },
  ));

test('a question that was exported as code runs again without a model', () =>
  withModel(
    [
      call('run_sql', { sql: `create table warmest as ${REPORT}` }),
      call('run_python', {
        code: 'top = int(sql("from warmest order by warmest desc limit 1")["month"].iloc[0])',
      }),
      call('finish', { answer: 'August is the warmest month.', evidence: ['r1'] }),
    ],
    async ({ kernel, folder, restart }) => {
      await kernel.execute('Which month is the warmest?');
      await kernel.execute('%export main code.ipynb --as-code');
      const { cells } = JSON.parse(readFileSync(join(folder, 'code.ipynb'), 'utf8')) as {
        cells: { cell_type: string; source: string | string[] }[];
      };
      const later = await restart({ OPENAI_BASE_URL: '', OPENAI_API_KEY: '' });
      for (const { cell_type, source } of cells) {
        if (cell_type === 'code') expect((await later.execute([source].flat().join(''))).status).toBe('ok');
      }
      expect((await later.execute('%%python\nprint(top)')).stdout).toBe('8\n');
    },
  ));

test('without Jupyter, a report says what it needs', () =>
  withKernel(
    async ({ kernel }) => {
      await kernel.execute('%%sql select 1');
      expect((await kernel.execute('%export main r.html')).reply.content['evalue']).toContain(
        'Reports need Jupyter: add its folder to PATH, or name the program in WORLDLINE_JUPYTER',
      );
    },
    { env: { WORLDLINE_JUPYTER: '/nowhere/jupyter', WORLDLINE_PREWARM: '0' } },
  ));

test('where nothing can print a PDF, it says so before a page is made', () =>
  withKernel(
    async ({ kernel }) => {
      await kernel.execute('%%sql select 1');
      expect((await kernel.execute('%export main r.pdf')).reply.content['evalue']).toMatch(
        /needs Chromium or Chrome, and \/nowhere\/chromium is not there/,
      );
    },
    {
      env: {
        WORLDLINE_JUPYTER: '/nowhere/jupyter',
        WORLDLINE_CHROMIUM: '/nowhere/chromium',
        WORLDLINE_PREWARM: '0',
      },
    },
  ));
