export { Session, type SessionOptions } from './session/Session.js';
export type { Moved } from './session/SessionWorldlines.js';
export * from './errors.js';
export type * from './types.js';
