import { expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { LabPage, openBrowser, type App } from './LabPage.js';
import { LabServer } from './LabServer.js';

/** One JupyterLab and one browser for a file of tests. */
export class Lab {
  private constructor(
    readonly server: LabServer,
    readonly browser: Browser,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Lab> {
    const server = await LabServer.start(env);
    try {
      return new Lab(server, await openBrowser());
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Opens a new notebook for the time of a test; the page must not have complained about anything. */
  async withNotebook(
    name: string,
    sources: readonly string[],
    body: (lab: LabPage) => Promise<void>,
    app: App = 'lab',
  ): Promise<void> {
    this.server.writeNotebook(name, sources);
    const lab = await LabPage.open(this.browser, this.server, name, app);
    try {
      await body(lab);
      expect(lab.complaints).toEqual([]);
    } catch (error) {
      await lab.shot(`failed-${name}`);
      throw error;
    } finally {
      await lab.close();
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }
}
