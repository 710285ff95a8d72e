type Fetch = typeof globalThis.fetch;

let plain: Fetch | null = null;

/**
 * Lets what asks models go through the proxy that the environment names: the `fetch` of Node does not by itself. A server
 * on this machine is always reached directly. Called before each request is made; the first call does it.
 */
export async function honourProxy(environment: NodeJS.ProcessEnv): Promise<void> {
  const httpsProxy = first(environment['https_proxy'], environment['HTTPS_PROXY']);
  const httpProxy = first(environment['http_proxy'], environment['HTTP_PROXY']);
  if (plain !== null || (httpsProxy === '' && httpProxy === '')) return;
  plain = globalThis.fetch;
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const others = first(environment['no_proxy'], environment['NO_PROXY']);
  const dispatcher = new EnvHttpProxyAgent({
    ...(httpsProxy === '' ? {} : { httpsProxy }),
    ...(httpProxy === '' ? {} : { httpProxy }),
    noProxy: [others, 'localhost', '127.0.0.1', '[::1]'].filter(Boolean).join(','),
  });
  const proxied = (input: unknown, init: object = {}): Promise<unknown> =>
    fetch(input as Parameters<typeof fetch>[0], { ...init, dispatcher });
  globalThis.fetch = proxied as Fetch;
}

/** The first that is set; an empty variable is not. */
function first(...values: readonly (string | undefined)[]): string {
  return values.find((value) => value !== undefined && value !== '') ?? '';
}
