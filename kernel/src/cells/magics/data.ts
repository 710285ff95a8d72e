import { allow } from './allow.js';
import { artifacts } from './artifacts.js';
import { attach, detach } from './attach.js';
import { load } from './load.js';
import type { Magic } from './Magic.js';
import { describe, tables } from './tables.js';
import { vars } from './vars.js';

export const DATA_MAGICS: readonly Magic[] = [tables, describe, vars, artifacts, load, attach, detach, allow];
