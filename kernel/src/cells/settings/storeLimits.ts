import { log } from '../../jupyter/log.js';
import type { StoreLimits } from '../../worldlines/types.js';
import type { Settings } from './settings.js';

/** Milliseconds. */
export const DAY = 86_400_000;

/** What the settings say a notebook's store is kept within. One that cannot be read is no limit. */
export function storeLimits(settings: Settings): StoreLimits {
  const maxBytes = settings.bytes('keep-size');
  if (maxBytes === undefined) log('keep-size is no size that can be kept to: the store is left as it is.');
  const days = Number(settings.get('keep-days') ?? 0);
  return {
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(days > 0 ? { maxAge: days * DAY } : {}),
  };
}
