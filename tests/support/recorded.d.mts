import type { Message } from './messages.js';

export function recorded(message: Pick<Message, 'header' | 'parent' | 'metadata' | 'content'>): string;
