interface Caused {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** The innermost cause of an error: what the socket said. */
export function causeOf(error: unknown): string {
  let inner = error as Caused;
  while (typeof inner.cause === 'object' && inner.cause !== null) inner = inner.cause;
  const code = typeof inner.code === 'string' ? inner.code : '';
  const message = typeof inner.message === 'string' ? inner.message : '';
  return message.includes(code) ? message : `${code} ${message}`.trim();
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
