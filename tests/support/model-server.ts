import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { geminiViolations, openaiViolations } from './model-server-checks.js';
import { geminiDocument, geminiEvents, geminiParts } from './model-server-gemini.js';
import { openaiDocument, openaiEvents } from './model-server-openai.js';
import type { ModelServer, Script, ScriptedTurn, SeenRequest } from './model-server-types.js';

export type * from './model-server-types.js';

type Json = Record<string, unknown>;

/**
 * A model server that answers by a script, over real HTTP, in the shapes that real servers use. It checks each request
 * as the strictest of them would: a bad one is answered with 400 and listed in `violations`.
 */
export async function startModelServer(options: { readonly script: Script }): Promise<ModelServer> {
  const { script } = options;
  const requests: SeenRequest[] = [];
  const violations: string[] = [];
  const reasoningSent = new Map<string, unknown>();
  const partsSent = new Map<string, Json[][]>();
  const sockets = new Set<Socket>();
  let served = 0;

  const check = (request: SeenRequest): string[] =>
    request.api === 'openai'
      ? openaiViolations(request.body, reasoningSent)
      : geminiViolations(request.body, partsSent.get(request.path) ?? []);

  const remember = (request: SeenRequest, turn: ScriptedTurn, number: number): void => {
    if (request.api === 'gemini') {
      partsSent.set(request.path, [...(partsSent.get(request.path) ?? []), geminiParts(turn)]);
      return;
    }
    const call = turn.calls?.[0];
    if (turn.dialect !== 'openrouter' || turn.reasoning === undefined || call === undefined) return;
    reasoningSent.set(`${String(request.body['model'])} ${call.id ?? `call_s${number}_0`}`, [
      { type: 'reasoning.text', text: turn.reasoning, format: 'unknown', index: 0 },
      { type: 'reasoning.encrypted', data: `sealed-${number}`, id: `rs_${number}`, index: 1 },
    ]);
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    requests.push(request);
    const bad = check(request);
    if (bad.length > 0) {
      violations.push(...bad);
      sendJson(response, 400, {
        error: { message: bad.join('; '), type: 'invalid_request_error', code: 400 },
      });
      return;
    }
    const number = served++;
    const turn = typeof script === 'function' ? await script(request, number) : script[number];
    if (turn === undefined) {
      violations.push(`request ${number + 1} goes beyond the script`);
      sendJson(response, 400, { error: { message: 'the script is at its end', code: 400 } });
      return;
    }
    remember(request, turn, number);
    await play(response, request, turn, number);
  };

  const server = createServer((incoming, response) => {
    response.on('error', () => response.destroy());
    answer(incoming, response).catch((error: unknown) => {
      violations.push(`the model server failed: ${String(error)}`);
      response.destroy();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/v1`,
    geminiUrl: origin,
    requests,
    violations,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const path = incoming.url ?? '';
  return {
    api: path.includes('enerateContent') ? 'gemini' : 'openai',
    path,
    headers: incoming.headers,
    body: JSON.parse(Buffer.concat(parts).toString('utf8')) as Json,
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Json = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(headers as Record<string, string>) });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function play(
  response: ServerResponse,
  request: SeenRequest,
  turn: ScriptedTurn,
  number: number,
): Promise<void> {
  const gone = once(response, 'close').then(() => 'gone');
  const wait = (for_: Promise<void>) => Promise.race([for_, gone]);
  if (turn.delay !== undefined) await wait(after(turn.delay));
  if (turn.hold !== undefined) await wait(turn.hold);
  const { fault } = turn;
  if (fault?.kind === 'status') {
    sendJson(
      response,
      fault.status,
      fault.body ?? { error: { message: `status ${fault.status}`, code: fault.status } },
      fault.headers,
    );
    return;
  }
  if (fault?.kind === 'reset' && fault.when === 'before') {
    response.destroy();
    return;
  }
  const gemini = request.api === 'gemini';
  const model = request.body['model'];
  const streamed = request.path.includes(':streamGenerateContent') || !gemini;
  if (turn.plainJson === true || !streamed) {
    sendJson(response, 200, gemini ? geminiDocument(turn) : openaiDocument(turn, number, model));
    return;
  }
  const { events, half } = gemini ? geminiEvents(turn) : openaiEvents(turn, number, model);
  const end = turn.crlf === true ? '\r\n' : '\n';
  const frame = (data: string) => `data: ${data}${end}${end}`;
  const comment = turn.comments === true ? `: OPENROUTER PROCESSING${end}${end}` : '';
  const done = gemini || turn.noDone === true || fault !== undefined ? '' : frame('[DONE]');
  const first = comment + events.slice(0, half).map(frame).join(comment);
  const rest = comment + events.slice(half).map(frame).join(comment) + done;
  response.writeHead(200, { 'content-type': turn.contentType ?? 'text/event-stream; charset=utf-8' });
  response.socket?.setNoDelay(true);
  if (turn.body !== undefined) {
    await write(response, turn, turn.body);
    response.end();
    return;
  }
  if (turn.holdHalfway === undefined && fault?.kind !== 'reset') {
    await write(response, turn, first + rest);
    response.end();
    return;
  }
  await write(response, turn, first);
  if (turn.holdHalfway !== undefined) await wait(turn.holdHalfway);
  if (fault?.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  await write(response, turn, rest);
  response.end();
}

/** Writes the pieces apart, so that each arrives as its own chunk. */
async function write(response: ServerResponse, turn: ScriptedTurn, text: string): Promise<void> {
  const body = Buffer.from(text, 'utf8');
  for (const piece of turn.split?.(body) ?? [body]) {
    if (response.destroyed) return;
    await new Promise<void>((resolve) => {
      response.write(piece, () => {
        resolve();
      });
    });
  }
}
