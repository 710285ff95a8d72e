export { Session, type Moved, type SessionOptions } from './session/Session.js';
export * from './errors.js';
export type * from './types.js';
