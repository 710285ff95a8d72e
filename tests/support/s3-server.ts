import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Server {
  readonly url: string;
  /** What was asked for, as `GET /bucket/key`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Objects by `bucket/key`, for whoever signs with the access key: reading by ranges, and lists. */
export async function startS3(
  objects: Readonly<Record<string, string>>,
  accessKey: string,
): Promise<S3Server> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    // A key is no path: nothing in it means another key.
    const [path = '', query] = (request.url ?? '/').split('?');
    const words = new URLSearchParams(query);
    asked.push(`${request.method ?? ''} ${path}`);
    if (!(request.headers.authorization ?? '').includes(`Credential=${accessKey}/`))
      response.writeHead(403).end();
    else if (words.has('list-type')) list(objects, path, words, response);
    else give(objects[decodeURIComponent(path.slice(1))], request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function give(object: string | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (object === undefined) {
    response.writeHead(404).end();
    return;
  }
  const whole = Buffer.from(object);
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const body = whole.subarray(start, to === undefined || to === '' ? whole.length : Number(to) + 1);
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': body.length,
    'accept-ranges': 'bytes',
    'content-range': `bytes ${start}-${start + body.length - 1}/${whole.length}`,
    'last-modified': new Date(0).toUTCString(),
    etag: '"1"',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function list(
  objects: Readonly<Record<string, string>>,
  path: string,
  words: URLSearchParams,
  response: ServerResponse,
): void {
  const bucket = path.replaceAll('/', '');
  const prefix = words.get('prefix') ?? '';
  const keys = Object.keys(objects)
    .filter((name) => name.startsWith(`${bucket}/${prefix}`))
    .map((name) => name.slice(bucket.length + 1));
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>1970-01-01T00:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag>` +
      `<Size>${Buffer.byteLength(objects[`${bucket}/${key}`] ?? '')}</Size></Contents>`,
  );
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
  );
}
