import { kindOf } from './kindOf.js';

/** What went wrong with a model, by what a person can do about it. */
export type ProviderErrorKind =
  | 'no-key'
  | 'bad-key'
  | 'no-credit'
  | 'forbidden'
  | 'unknown-model'
  | 'context-too-long'
  | 'refusal'
  | 'safety'
  | 'truncated'
  | 'rate-limit'
  | 'server'
  | 'network'
  | 'untrusted'
  | 'bad-request'
  | 'bad-response'
  | 'not-recorded'
  | 'drift'
  | 'settings'
  | 'aborted';

const retried: ReadonlySet<ProviderErrorKind> = new Set(['rate-limit', 'server', 'network', 'truncated']);

export interface ProviderErrorDetails {
  readonly status?: number;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter?: number;
  /** Text that had arrived before the failure. */
  readonly partial?: string;
  /** Overrides what the kind says about trying again. */
  readonly retryable?: boolean;
}

/** A model turn that failed. The message says what happened and what to do; it never holds a key. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;
  readonly partial: string;
  readonly retryable: boolean;

  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    details: ProviderErrorDetails = {},
  ) {
    super(message);
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.partial = details.partial ?? '';
    this.retryable = details.retryable ?? retried.has(kind);
  }
}

/** Who was asked, for the text of an error. */
export interface Asked {
  readonly provider: string;
  readonly label: string;
  readonly model: string;
  readonly server: string;
  /** The variable that holds the key; null where none is needed. */
  readonly keyVariable: string | null;
  readonly key: string | null;
}

/** What a server said, in the shape that every provider's failure is brought into. */
export interface Failure {
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
  readonly retryAfter?: number;
  readonly partial?: string;
}

/** Takes keys out of a text that came from outside, and cuts it to what a person reads. */
export function redact(text: string, key: string | null): string {
  let clean = key !== null && key.length >= 4 ? text.split(key).join('…') : text;
  clean = clean
    .replace(/\b(?:sk|rk|pk)-[\w-]{6,}[\w*-]*/g, '…')
    .replace(/\bAIza[\w-]{10,}/g, '…')
    .replace(/(Bearer\s+)[\w.~+/=-]+/gi, '$1…')
    .replace(/([?&]key=)[^&\s"]+/g, '$1…')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > 400 ? `${clean.slice(0, 400)}…` : clean;
}

/** Brings a failure into a kind, with a message that says what to do. */
export function providerError(asked: Asked, failure: Failure): ProviderError {
  const said = redact(failure.message, asked.key);
  const kind = kindOf(failure, said);
  const details: ProviderErrorDetails = {
    ...(failure.status === undefined ? {} : { status: failure.status }),
    ...(failure.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter }),
    ...(failure.partial === undefined ? {} : { partial: failure.partial }),
  };
  return new ProviderError(kind, messageOf(kind, asked, said, failure), details);
}

function messageOf(kind: ProviderErrorKind, asked: Asked, said: string, failure: Failure): string {
  const { label, model, server } = asked;
  const detail = said === '' ? '' : ` It said: ${said}`;
  const status = failure.status === undefined ? '' : ` (HTTP ${failure.status})`;
  const key = asked.keyVariable ?? 'the key';
  switch (kind) {
    case 'bad-key':
      return `${label} rejected the key. Check ${key} in your environment or .env file.${detail}`;
    case 'no-credit':
      return `${label} says that the account has no credit left. Add credit, or choose another provider with --provider or WORLDLINE_PROVIDER.${detail}`;
    case 'forbidden':
      return `${label} does not let this key use ${model}${status}. Check the key's permissions and region, or choose another model with --model.${detail}`;
    case 'unknown-model':
      return `${label} does not know the model "${model}". Choose another with --model or WORLDLINE_MODEL.${detail}`;
    case 'context-too-long':
      return `The conversation is too long for ${model}. Start a new branch (%branch), ask about less at once, or choose a model with a larger context.${detail}`;
    case 'safety':
      return `${label} blocked this request for safety or policy reasons. Put the question differently, or choose another model.${detail}`;
    case 'rate-limit':
      return `${label} limits how fast it may be asked, and still did after several tries. Wait a little, or choose another model.${detail}`;
    case 'bad-request':
      return `${label} did not accept the request${status}.${detail}`;
    case 'network':
      return `${label} at ${server} cannot be reached. Check the network, a proxy, and the base URL.${detail}`;
    case 'untrusted':
      return `The certificate of ${server} is not trusted here. Where its authority is your own, name its file in NODE_EXTRA_CA_CERTS and start the kernel again.${detail}`;
    case 'truncated':
      return `${label} broke off its answer before the end. Run the cell again.${detail}`;
    case 'bad-response':
      return `${label} at ${server} answered with something that is not a model's reply. Check the base URL.${detail}`;
    case 'refusal':
      return `${model} declined to answer.${detail}`;
    case 'no-key':
    case 'not-recorded':
    case 'drift':
    case 'settings':
    case 'aborted':
      return said;
    case 'server':
      return `${label} failed${status}, and still did after several tries. Run the cell again later, or choose another model.${detail}`;
  }
}

/** A failure of a known kind. */
export function failureOfKind(
  kind: ProviderErrorKind,
  asked: Asked,
  said: string,
  partial = '',
): ProviderError {
  const clean = redact(said, asked.key);
  if (kind === 'network' && /certificate/i.test(clean))
    return failureOfKind('untrusted', asked, said, partial);
  return new ProviderError(kind, messageOf(kind, asked, clean, { message: clean }), { partial });
}

export const abortedError = (): ProviderError => new ProviderError('aborted', 'Interrupted.');
