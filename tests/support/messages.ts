import { createHmac, randomUUID } from 'node:crypto';

export type Json = Record<string, unknown>;

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** A message from the kernel, its signature verified. */
export interface Message {
  readonly type: string;
  readonly topic: readonly Buffer[];
  readonly header: Header;
  /** The header of the request that it belongs to, or an empty object. */
  readonly parent: Partial<Header>;
  readonly metadata: Json;
  readonly content: Json;
  readonly buffers: readonly Buffer[];
}

const DELIMITER = '<IDS|MSG>';

export function makeHeader(type: string, session: string, date = new Date()): Header {
  return {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'tester',
    date: date.toISOString(),
    version: '5.4',
  };
}

export function signature(key: string, parts: readonly (string | Uint8Array)[]): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

/** The frames of a signed message. */
export function pack(
  key: string,
  message: {
    header: object;
    parent?: object;
    metadata?: object;
    content: object;
    buffers?: readonly Uint8Array[];
  },
): Uint8Array[] {
  const parts = [message.header, message.parent ?? {}, message.metadata ?? {}, message.content].map((part) =>
    JSON.stringify(part),
  );
  const texts = [DELIMITER, signature(key, parts), ...parts].map((text) => Buffer.from(text));
  return [...texts, ...(message.buffers ?? [])];
}

/** Takes a message of the kernel apart. Throws where its layout, signature or JSON is wrong. */
export function unpack(key: string, frames: readonly Buffer[]): Message {
  const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
  if (at < 0) throw new Error('a message has no <IDS|MSG> frame');
  const [signed, ...rest] = frames.slice(at + 1);
  const parts = rest.slice(0, 4);
  if (signed === undefined || parts.length < 4) throw new Error('a message has fewer than five frames');
  if (signed.toString() !== signature(key, parts)) throw new Error('a message has a wrong signature');
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()) as Json);
  return {
    type: (header as unknown as Header).msg_type,
    topic: frames.slice(0, at),
    header: header as unknown as Header,
    parent: parent as Partial<Header>,
    metadata: metadata as Json,
    content: content as Json,
    buffers: rest.slice(4),
  };
}
