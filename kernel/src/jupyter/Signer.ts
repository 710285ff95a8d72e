import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** How many signatures are remembered, at most twice this: a replay that is older gets through. */
const REMEMBERED = 32_768;

/** Signs and verifies messages: a hex HMAC over header, parent header, metadata and content. */
export class Signer {
  /** Null where nothing is signed. */
  readonly #key: KeyObject | null;
  readonly #hash: string;
  #recent = new Set<string>();
  #older = new Set<string>();

  /** Throws where Node does not know the hash. */
  constructor(key: string, hash: string) {
    this.#key = key === '' ? null : createSecretKey(key, 'utf8');
    this.#hash = hash;
    createHmac(hash, key);
  }

  /** The signature frame; empty where there is no key. */
  sign(parts: readonly Uint8Array[]): string {
    if (this.#key === null) return '';
    const hmac = createHmac(this.#hash, this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  }

  /** Whether the signature fits exactly these bytes and was not seen before. Takes the same time for every mismatch. */
  accept(signature: Buffer, parts: readonly Uint8Array[]): boolean {
    if (this.#key === null) return signature.length === 0;
    const text = this.sign(parts);
    const expected = Buffer.from(text, 'latin1');
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return false;
    return this.#firstSeen(text);
  }

  #firstSeen(signature: string): boolean {
    if (this.#recent.has(signature) || this.#older.has(signature)) return false;
    this.#recent.add(signature);
    if (this.#recent.size >= REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    return true;
  }
}
