import { Token } from '@lumino/coreutils';
import type { Services } from '../shared/Services.js';
import type { Settings } from '../settings.js';

export const IServices = new Token<Services>(
  '@worldline/labextension:IServices',
  'The notebooks on the Worldline kernel, and what every part of the extension is given.',
);

export const ISettings = new Token<Settings>(
  '@worldline/labextension:ISettings',
  'The settings of Worldline as they are now.',
);
