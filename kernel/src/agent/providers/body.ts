/** The answer to a streaming request: an event stream, or one document: JSON from a server that does not stream, or no answer at all. */
export type Body =
  { readonly kind: 'events'; readonly response: Response } | { readonly kind: 'json'; readonly text: string };

const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const BRACE = 0x7b;
const BRACKET = 0x5b;
/** A web page, as a wrong address or a login page gives. */
const ANGLE = 0x3c;

/** Looks at the first byte that is no white space, whatever the content type claims. */
export async function openBody(response: Response): Promise<Body> {
  if (response.body === null) return { kind: 'json', text: '' };
  const body: ReadableStream<Uint8Array> = response.body;
  const reader = body.getReader();
  const seen: Uint8Array[] = [];
  let first: number | undefined;
  while (first === undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    seen.push(value);
    first = value.find((byte) => !WHITE.has(byte));
  }
  if (first === undefined || first === BRACE || first === BRACKET || first === ANGLE) {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      seen.push(value);
    }
    return {
      kind: 'json',
      text: Buffer.concat(seen)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    };
  }
  const whole = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const ahead = seen.shift();
      if (ahead !== undefined) {
        controller.enqueue(ahead);
        return;
      }
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { kind: 'events', response: new Response(whole, { headers: response.headers }) };
}
