import type { Signer } from './Signer.js';

export const PROTOCOL_VERSION = '5.4';
const USERNAME = 'kernel';
const DELIMITER = Buffer.from('<IDS|MSG>');
/** The parent header of a message that no request caused. */
export const NO_PARENT = Buffer.from('{}');

/** The exact bytes of a header, repeated word for word as the parent header of all that it caused. */
export type Parent = Buffer;

/** A message as it came in, verified. */
export interface Incoming {
  /** Where a reply goes. */
  readonly identities: readonly Buffer[];
  readonly id: string;
  readonly type: string;
  /** The session of its sender; empty where it names none. */
  readonly session: string;
  /** When it was made, in milliseconds of its sender's clock; NaN where it does not say. */
  readonly date: number;
  readonly parent: Parent;
  /** The id of the message that it answers; empty where it answers none. */
  readonly parentId: string;
  readonly metadata: Fields;
  readonly content: Fields;
  readonly buffers: readonly Buffer[];
}
export type Fields = Readonly<Record<string, unknown>>;

export interface Outgoing {
  readonly type: string;
  readonly content: object;
  readonly parent: Parent;
  readonly metadata?: object | undefined;
  readonly buffers?: readonly Uint8Array[] | undefined;
}

/** A message that is dropped: its text says why. */
export class BadMessageError extends Error {
  override readonly name = 'BadMessageError';
}

/** Takes a message apart. Throws BadMessageError; nothing is parsed before the signature has been verified. */
export function decode(frames: readonly Buffer[], signer: Signer): Incoming {
  const delimiter = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (delimiter < 0) throw new BadMessageError('it has no <IDS|MSG> frame');
  const [signature, header, parent, metadata, content] = frames.slice(delimiter + 1, delimiter + 6);
  if (!signature || !header || !parent || !metadata || !content) {
    throw new BadMessageError('it has fewer than five frames after <IDS|MSG>');
  }
  if (!signer.accept(signature, [header, parent, metadata, content])) {
    throw new BadMessageError('its signature is wrong or was used before');
  }
  const { msg_id: id, msg_type: type, session, date } = parseObject(header, 'header');
  if (typeof id !== 'string' || typeof type !== 'string') {
    throw new BadMessageError('its header has no msg_id or no msg_type');
  }
  const parentId = parseObject(parent, 'parent header').msg_id;
  return {
    identities: frames.slice(0, delimiter),
    id,
    type,
    session: typeof session === 'string' ? session : '',
    date: typeof date === 'string' ? Date.parse(date) : NaN,
    parent: header,
    parentId: typeof parentId === 'string' ? parentId : '',
    metadata: parseObject(metadata, 'metadata'),
    content: parseObject(content, 'content'),
    buffers: frames.slice(delimiter + 6),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseObject(frame: Buffer, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(frame));
  } catch {
    throw new BadMessageError(`its ${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadMessageError(`its ${what} is not a JSON object`);
  }
  return value as Fields;
}

/** Makes the frames of outgoing messages; each gets an id of its own. */
export class Encoder {
  readonly session: string;
  readonly #signer: Signer;
  #count = 0;

  constructor(signer: Signer, session: string) {
    this.#signer = signer;
    this.session = session;
  }

  /** The frames to send and the id that the message got. Throws a TypeError where the content is no JSON (a BigInt, a cycle). */
  encode(message: Outgoing, identities: readonly Uint8Array[]): { id: string; frames: Uint8Array[] } {
    const content = Buffer.from(JSON.stringify(message.content));
    const metadata =
      message.metadata === undefined ? NO_PARENT : Buffer.from(JSON.stringify(message.metadata));
    this.#count += 1;
    const id = `${this.session}_${this.#count}`;
    const header = Buffer.from(
      JSON.stringify({
        msg_id: id,
        msg_type: message.type,
        session: this.session,
        username: USERNAME,
        date: new Date().toISOString(),
        version: PROTOCOL_VERSION,
      }),
    );
    const signature = Buffer.from(this.#signer.sign([header, message.parent, metadata, content]), 'latin1');
    return {
      id,
      frames: [
        ...identities,
        DELIMITER,
        signature,
        header,
        message.parent,
        metadata,
        content,
        ...(message.buffers ?? []),
      ],
    };
  }
}
