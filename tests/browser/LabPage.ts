import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { LabServer } from './LabServer.js';

/** Milliseconds that anything may take on a busy machine; less while one works on a test. */
const PATIENCE = Number(process.env['BROWSER_PATIENCE'] ?? 90_000);
const SHOTS = resolve('test-results/screenshots');
/** Notebook 7.6 looks up settings that it has not loaded yet. */
const OF_NOTEBOOK = /reading 'schema'\)\s+at [^\n]*\/static\/notebook\//;
/** Lab's themes, and what becomes of them where the system has high contrast and puts its own few colours in their place. */
const LOOKS = [
  { look: 'light', theme: 'JupyterLab Light', colorScheme: null },
  { look: 'dark', theme: 'JupyterLab Dark', colorScheme: null },
  { look: 'high-contrast', theme: 'JupyterLab Dark High Contrast', colorScheme: null },
  { look: 'forced-light', theme: 'JupyterLab Light', colorScheme: 'light' },
  { look: 'forced-dark', theme: 'JupyterLab Dark', colorScheme: 'dark' },
] as const;
/** A request that the browser gave up because an interface of the machine came or went, as those of Docker's builds do. */
const OF_MACHINE = 'net::ERR_NETWORK_CHANGED';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: FLAGS });
}

export type App = 'lab' | 'notebook';

/** A notebook in a browser's JupyterLab, and what a person does there. */
export class LabPage {
  /** What the page complained about: errors of the console and uncaught ones. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly server: LabServer,
  ) {
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !text.includes(OF_MACHINE))
        this.complaints.push(`${text} (${message.location().url})`);
    });
    page.on('pageerror', (error) => {
      const text = error.stack ?? error.message;
      if (!OF_NOTEBOOK.test(text)) this.complaints.push(text);
    });
  }

  /** Opens a notebook and waits until our kernel has said hello. */
  static async open(browser: Browser, server: LabServer, name: string, app: App = 'lab'): Promise<LabPage> {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const lab = new LabPage(page, server);
    await lab.goTo(name, app);
    return lab;
  }

  /** In JupyterLab, or in Notebook 7. */
  async goTo(name: string, app: App = 'lab'): Promise<void> {
    const path = app === 'lab' ? 'lab/tree' : 'notebooks';
    await this.page.goto(`${this.server.url}/${path}/${name}.ipynb?token=${this.server.token}&reset`);
    await this.ready();
  }

  /** Waits until our kernel has said hello. Where it does not, a picture of the page is kept, and the error has its complaints. */
  async ready(): Promise<void> {
    const hello = this.page.waitForFunction(
      `(() => { const label = globalThis.jupyterapp?.shell.currentWidget?.node.querySelector('.wl-MenuButton .jp-ToolbarButtonComponent-label');
        return label && label.textContent && label.textContent !== '…'; })()`,
    );
    await hello.catch(async (error: unknown) => {
      await this.shot('not-ready');
      throw new Error(['Our kernel has not said hello.', ...this.complaints].join('\n'), { cause: error });
    });
  }

  async showSidebar(): Promise<void> {
    await this.page.locator('.lm-TabBar-tab[data-id="worldline-sidebar"]').click();
    await this.page.locator('.wl-Worldlines').waitFor();
  }

  /** Has every row name all worldlines that are at it, also those for which the sidebar is too narrow. */
  async showHeads(): Promise<void> {
    for (const more of await this.page.locator('.wl-MoreHeads[aria-expanded="false"]').all())
      await more.click();
  }

  cells(): Locator {
    return this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell');
  }

  cell(index: number): Locator {
    return this.cells().nth(index);
  }

  rows(): Locator {
    return this.page.locator('.wl-Row');
  }

  /** The sources of all cells in order, whether or not they are in view. */
  async sources(): Promise<string[]> {
    return this.page.evaluate(
      `Array.from(jupyterapp.shell.currentWidget.content.model.sharedModel.cells, (cell) => cell.getSource())`,
    );
  }

  async select(index: number): Promise<void> {
    await this.page.evaluate(`(() => { const { content } = jupyterapp.shell.currentWidget;
      content.activeCellIndex = ${index}; content.mode = 'command'; content.node.focus(); })()`);
  }

  /** Runs a cell and waits until its prompt has its number. */
  async run(index: number): Promise<void> {
    await this.start(index);
    await this.finished(index);
  }

  async start(index: number): Promise<void> {
    await this.select(index);
    await this.page.keyboard.press('Shift+Enter');
  }

  async finished(index: number): Promise<void> {
    await this.page.waitForFunction(
      `(() => { const cell = jupyterapp.shell.currentWidget?.content.widgets[${index}];
        if (!cell?.model) return false;
        return cell.model.type !== 'code' || (cell.model.executionState === 'idle' && cell.model.executionCount !== null); })()`,
    );
  }

  /** Writes into a cell, as a person types. */
  async type(index: number, text: string): Promise<void> {
    await this.select(index);
    await this.page.keyboard.press('Enter');
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press('Escape');
  }

  async command(id: string, args: Record<string, unknown> = {}): Promise<void> {
    // What a command gives, such as a widget, is not taken out of the page: it would be held there for good.
    await this.page.evaluate(
      `jupyterapp.commands.execute(${JSON.stringify(id)}, ${JSON.stringify(args)}).then(() => undefined)`,
    );
  }

  /** Waits until the notebook shows the cells of the worldline that the toolbar names, and has that many. */
  async shows(worldline: string, cells: number): Promise<void> {
    await this.page.waitForFunction(
      `(() => { const { content, toolbar } = jupyterapp.shell.currentWidget ?? {};
        const button = toolbar?.node.querySelector('.wl-MenuButton');
        return button?.textContent === ${JSON.stringify(worldline)} && content.widgets.length === ${cells}
          && content.node.dataset.wlShown === button.dataset.wlActive; })()`,
    );
  }

  async save(): Promise<void> {
    await this.command('docmanager:save');
    await this.page.waitForFunction('!jupyterapp.shell.currentWidget.context.model.dirty');
  }

  /** Shuts the kernel down and closes the notebook. */
  async endKernel(): Promise<void> {
    await this.command('notebook:shutdown-kernel');
    await this.page.waitForFunction('jupyterapp.shell.currentWidget.sessionContext.session?.kernel == null');
    await this.page.evaluate('jupyterapp.shell.currentWidget.dispose()');
  }

  async theme(name: 'JupyterLab Light' | 'JupyterLab Dark' | 'JupyterLab Dark High Contrast'): Promise<void> {
    await this.command('apputils:change-theme', { theme: name });
    const light = name === 'JupyterLab Light';
    await this.page.waitForFunction(`document.body.dataset.jpThemeLight === '${String(light)}'`);
    await this.page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  }

  async shot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }

  async shotInEachLook(name: string): Promise<void> {
    for (const { look, theme, colorScheme } of LOOKS) {
      await this.theme(theme);
      await this.page.emulateMedia({ forcedColors: colorScheme && 'active', colorScheme });
      await this.shot(`${name}-${look}`);
    }
    await this.page.emulateMedia({ forcedColors: null, colorScheme: null });
    await this.theme('JupyterLab Light');
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
