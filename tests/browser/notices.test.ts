import { expect, test } from '@jest/globals';
import { CONTRACT_VERSION } from '../../kernel/src/contract.js';
import { sharedLab } from './sharedLab.js';

/** Without Docker and without a key of a model. */
const lab = sharedLab(undefined, {
  DOCKER_HOST: 'unix:///nowhere/docker.sock',
  OPENAI_API_KEY: '',
  GEMINI_API_KEY: '',
  GOOGLE_API_KEY: '',
  OPENROUTER_API_KEY: '',
});

const MINUTES = 240_000;

test(
  'no Docker and no key: the sidebar says so with the fix, a cell as well, and SQL works',
  () =>
    lab.withNotebook(
      'nothing-there',
      ['%%sql\nselect 42 as answer', '%%python\n1 + 1', 'How many are there?'],
      async (notebook) => {
        const { page } = notebook;
        await notebook.showSidebar();
        for (const index of [0, 1, 2]) await notebook.run(index);
        const notice = (what: string) => page.locator('.wl-Notice', { hasText: what });
        await notice('Docker').waitFor();
        await notice('model').waitFor();
        await notebook.shot('notices');
        await page.locator('.wl-Sandbox', { hasText: /^no sandbox$/ }).waitFor();
        for (const summary of await page.locator('.wl-Notice summary').all()) await summary.click();
        await notebook.shotInEachLook('notices-open');
      },
    ),
  MINUTES,
);

test(
  'a connection that is lost: said in the sidebar with the fix, and gone once it is back',
  () =>
    lab.withNotebook('lost', ['%%sql\nselect 42 as answer'], async (notebook) => {
      const { page } = notebook;
      let cut = () => {};
      let isCut = false;
      await page.routeWebSocket(/\/channels/, (socket) => {
        const server = socket.connectToServer();
        cut = () => {
          isCut = true;
          void socket.close();
          void server.close();
        };
        if (isCut) cut();
      });
      await page.reload();
      await notebook.ready();
      await notebook.run(0);
      await notebook.showSidebar();
      await page.locator('.wl-Row', { hasText: 'select 42' }).waitFor();
      cut();
      const notice = page.locator('.wl-Notice', { hasText: 'No connection to the kernel' });
      await notice.waitFor();
      await notebook.shotInEachLook('connection-lost');
      isCut = false;
      await page.evaluate('jupyterapp.shell.currentWidget.sessionContext.session.kernel.reconnect()');
      await notice.waitFor({ state: 'detached' });
      await page.locator('.wl-Row', { hasText: 'select 42' }).waitFor();
      await notebook.shot('connection-is-back');
      notebook.complaints.splice(0);
    }),
  MINUTES,
);

test(
  'a kernel that is gone for good: the sidebar stays and says what to do, and has the worldlines again after it',
  () =>
    lab.withNotebook('gone', ['%%sql\nselect 42 as answer'], async (notebook) => {
      const { page } = notebook;
      await notebook.run(0);
      await notebook.showSidebar();
      await page.locator('.wl-Row', { hasText: 'select 42' }).waitFor();
      await notebook.command('notebook:shutdown-kernel');
      const notice = page.locator('.wl-Notice', { hasText: 'This notebook has no kernel now' });
      await notice.waitFor();
      await notebook.shotInEachLook('kernel-is-gone');
      await page.evaluate(`void jupyterapp.commands.execute('notebook:restart-kernel')`);
      await notice.waitFor({ state: 'detached' });
      await page.locator('.wl-Head.wl-mod-earlier', { hasText: 'main' }).waitFor();
      await notebook.command('notebook:shutdown-kernel');
      await notice.waitFor();
      // It goes with the last notebook of ours.
      await page.evaluate('jupyterapp.shell.currentWidget.dispose()');
      await page.locator('.lm-TabBar-tab[data-id="worldline-sidebar"]').waitFor({ state: 'detached' });
    }),
  MINUTES,
);

test(
  'a kernel of another version: said in the sidebar, with both versions and what to do',
  () =>
    lab.withNotebook('other-version', ['%%sql\nselect 42 as answer'], async (notebook) => {
      const { page } = notebook;
      await page.routeWebSocket(/\/channels/, (socket) => {
        const server = socket.connectToServer();
        server.onMessage((message) => {
          socket.send(ofVersion(9, message));
        });
      });
      await page.reload();
      await notebook.showSidebar();
      const notice = page.locator('.wl-Notice', { hasText: 'another version' });
      await notice.waitFor();
      expect(await notice.textContent()).toContain(`version 9, this extension version ${CONTRACT_VERSION}`);
      expect(await page.locator('.wl-Worldlines').textContent()).not.toContain('Run a cell');
      // What such a kernel tells while a cell runs is not taken for what it was.
      await notebook.start(0);
      await notebook.cell(0).locator('.wl-TableGrid, .jp-OutputArea-output').first().waitFor();
      await notebook.shotInEachLook('other-version');
    }),
  MINUTES,
);

/** What a kernel with another version of the contract says, as many bytes long: what it tells has other names as well. */
function ofVersion(version: number, message: string | Buffer): string | Buffer {
  const changed = (text: string) =>
    text
      .replace(`"contract":${CONTRACT_VERSION}`, `"contract":${version}`)
      .replaceAll('"usage":', '"spent":')
      .replaceAll('"problems":', '"troubled":');
  if (typeof message === 'string') return changed(message);
  return Buffer.from(changed(message.toString('latin1')), 'latin1');
}
