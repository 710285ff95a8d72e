import type { Failure, ProviderErrorKind } from './errors.js';

interface Sign {
  readonly kind: ProviderErrorKind;
  readonly statuses: readonly number[];
  /** Parts of what servers say, in lower case. */
  readonly words: readonly string[];
}

/** What tells a kind. Servers use one status for several, and words of one in messages of another: the first counts. */
const SIGNS: readonly Sign[] = [
  {
    kind: 'context-too-long',
    statuses: [413],
    words: [
      'context_length',
      'context length',
      'maximum context',
      'context window',
      'exceeds the maximum number of tokens',
      'prompt is too long',
      'input token count',
    ],
  },
  {
    kind: 'no-credit',
    statuses: [402],
    words: [
      'insufficient_quota',
      'insufficient credits',
      'billing',
      'payment required',
      'exceeded your current quota',
    ],
  },
  {
    kind: 'bad-key',
    statuses: [401],
    words: ['invalid_api_key', 'api key not valid', 'api_key_invalid', 'incorrect api key'],
  },
  {
    kind: 'safety',
    statuses: [],
    words: ['content_filter', 'content policy', 'safety', 'moderation', 'flagged'],
  },
  {
    kind: 'unknown-model',
    statuses: [404],
    words: [
      'model_not_found',
      'not a valid model',
      'no endpoints found',
      'does not exist',
      'is not found for api version',
      'not found, try pulling',
    ],
  },
  { kind: 'forbidden', statuses: [403], words: [] },
  {
    kind: 'rate-limit',
    statuses: [429],
    words: ['rate_limit', 'rate limit', 'rate-limited', 'resource_exhausted'],
  },
  {
    kind: 'server',
    statuses: [408, 409],
    words: [
      'overloaded',
      'server_error',
      'unavailable',
      'internal error',
      'timed out',
      'timeout',
      'provider disconnected',
    ],
  },
];

/** The kind of a failure. `said`: what the server said, without keys. */
export function kindOf({ status, code, retryAfter }: Failure, said: string): ProviderErrorKind {
  const text = `${code ?? ''} ${said}`.toLowerCase();
  const sign = SIGNS.find(
    ({ statuses, words }) =>
      (status !== undefined && statuses.includes(status)) || words.some((word) => text.includes(word)),
  );
  // Google says "quota" for its per-minute limits too, and tells when to try again.
  if (sign?.kind === 'no-credit' && retryAfter !== undefined) return 'rate-limit';
  if (sign !== undefined) return sign.kind;
  return status !== undefined && status >= 400 && status < 500 ? 'bad-request' : 'server';
}
