import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
// Lab loads the newest copy that is shared. Its own, 4.1.2, writes the styles of editors anew with each editor that is made, the
// same ones or not, and the browser goes over the whole page for it; since 4.1.3 it writes them when they change.
import 'style-mod';
import { statusBar, toolbar } from './plugins/bars.js';
import { commands } from './plugins/commands.js';
import { notebook } from './plugins/notebook.js';
import { services } from './plugins/services.js';
import { settings } from './plugins/settings.js';
import { sidebar } from './plugins/sidebar.js';
import { tables } from './plugins/tables.js';

const plugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  services,
  settings,
  tables,
  commands,
  sidebar,
  toolbar,
  statusBar,
  notebook,
];

export default plugins;
