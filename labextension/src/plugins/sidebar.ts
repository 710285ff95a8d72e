import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ArtifactsSection } from '../artifacts/ArtifactsSection.js';
import { DataSection } from '../data/DataSection.js';
import type { Services } from '../shared/Services.js';
import { createSidebar } from '../sidebar/sidebar.js';
import { VariablesSection } from '../variables/VariablesSection.js';
import { WorldlinesSection } from '../worldlines/WorldlinesSection.js';
import { IServices } from './tokens.js';

export const sidebar: JupyterFrontEndPlugin<void> = {
  id: '@worldline/labextension:sidebar',
  description: 'Worldlines, data, variables and artifacts of the notebook in front.',
  autoStart: true,
  requires: [IServices],
  activate: (_, services: Services) => {
    createSidebar(services, [
      new WorldlinesSection(services),
      new DataSection(services),
      new VariablesSection(services),
      new ArtifactsSection(services),
    ]);
  },
};
