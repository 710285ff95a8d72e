import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import { SandboxUnavailableError } from '../errors.js';

/** Seconds that a host may take to answer. */
const PATIENCE = 30;
const MAX_WORDS = 4000;
const LONGEST = 200;
/** How every answer of an engine begins. */
const ANSWER = 'HTTP/';

/** What an `ssh://[user@]host[:port][/socket]` says. */
interface Place {
  readonly address: string;
  /** Arguments of ssh that name the host, the last of them. */
  readonly destination: readonly string[];
  /** What runs there. */
  readonly command: string;
}

/**
 * Reaches the engine of another machine as Docker's own command does: by the system's ssh, which knows the user's settings,
 * keys, agent and hosts, and `docker system dial-stdio` over there. One connection is kept for the next request.
 */
export class SshAgent extends Agent {
  readonly #place: Place;

  /** Throws a SandboxUnavailableError where the address has more than ssh can use. */
  constructor(url: URL) {
    super({ keepAlive: true, maxFreeSockets: 1 });
    this.#place = placeOf(url);
  }

  get address(): string {
    return this.#place.address;
  }

  override createConnection(): Duplex {
    return new SshConnection(this.#place);
  }
}

/** Bytes to and from the engine. A process of ssh that ends otherwise than well is its error, in words of what to do. */
class SshConnection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #words = '';
  #answered = false;

  constructor(place: Place) {
    super();
    // It must neither ask in the terminal of a console nor be interrupted there.
    const options = ['-T', '-o', 'BatchMode=yes', '-o', `ConnectTimeout=${PATIENCE}`];
    this.#child = spawn('ssh', [...options, ...place.destination, place.command], {
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', (chunk: Buffer) => {
      if (!this.#answered && !ANSWER.startsWith(chunk.toString('latin1', 0, ANSWER.length)))
        this.destroy(spoiled(place, chunk));
      this.#answered = true;
      if (!this.push(chunk)) stdout.pause();
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString('utf8')).slice(-MAX_WORDS);
    });
    // The end of the process says more than that it takes no more.
    stdin.on('error', () => undefined);
    this.#child.on('error', (error) => {
      this.destroy(noSsh(place, error));
    });
    this.#child.on('close', (code) => {
      if (code === 0) this.push(null);
      else this.destroy(this.#answered ? lost(place, this.#words) : refused(place, this.#words));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#child.stdin.write(chunk, () => {
      done();
    });
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  /** Of a socket's, what an http.Agent calls: one that nobody uses keeps no program running. */
  ref(): this {
    this.#child.ref();
    return this;
  }

  unref(): this {
    this.#child.unref();
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }
}

function placeOf(url: URL): Place {
  if (url.password !== '' || url.hostname === '' || url.search !== '' || url.hash !== '')
    throw new SandboxUnavailableError(
      `The Docker host ssh://${url.host} cannot be used: its address has more than a user, a host, a port and a socket.`,
      'It should be like ssh://user@docker.example.org, with a key instead of a password.',
    );
  const user = decodeURIComponent(url.username);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = decodeURIComponent(url.pathname).replace(/^\/$/, '');
  const of = socket === '' ? '' : ` --host ${quoted(`unix://${socket}`)}`;
  return {
    address: `ssh://${user === '' ? '' : `${user}@`}${url.host}${socket}`,
    destination: [
      ...(user === '' ? [] : ['-l', user]),
      ...(url.port === '' ? [] : ['-p', url.port]),
      ...['--', host],
    ],
    command: `docker${of} system dial-stdio`,
  };
}

/** For the shell over there. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function noSsh({ address }: Place, cause: Error): Error {
  return new SandboxUnavailableError(
    `The Docker host ${address} cannot be reached: there is no ssh command here.`,
    'Install the client of OpenSSH, or set DOCKER_HOST to another address.',
    { cause },
  );
}

/** What a file like .bashrc prints comes before all else. */
function spoiled({ address }: Place, chunk: Buffer): Error {
  const said = chunk.toString('utf8').trim().slice(0, LONGEST);
  return new SandboxUnavailableError(
    `The Docker host ${address} says something else before it gives the word to Docker: “${said}”.`,
    'The files that a shell over there reads at its start, such as .bashrc, must print nothing where there is no terminal.',
  );
}

function lost({ address }: Place, words: string): Error {
  return new Error(`the connection to ${address} ended${words === '' ? '' : `: ${lastLine(words)}`}`);
}

function refused(place: Place, words: string): Error {
  const last = lastLine(words).replace(/\.$/, '');
  return new SandboxUnavailableError(
    `The Docker host ${place.address} cannot be reached${last === '' ? '' : `: ${last}`}.`,
    adviceOn(words, place),
  );
}

function adviceOn(words: string, { destination }: Place): string {
  const to = destination.filter((word) => word !== '--').join(' ');
  if (/IDENTIFICATION HAS CHANGED/.test(words))
    return `Its key is another than the one that this machine knows. Ask whoever runs it; \`ssh ${to}\` in a terminal says which line to remove.`;
  if (/Host key verification failed/.test(words))
    return `This machine does not know its key: connect once in a terminal, by \`ssh ${to}\`, and accept the key if it is the right one.`;
  if (/Permission denied \(/.test(words))
    return `A kernel cannot be asked for a password: put a key of yours there, by \`ssh-copy-id ${to}\`, and add it to your agent, by \`ssh-add\`.`;
  if (/docker: (command )?not found|docker: No such file/.test(words))
    return 'Install Docker there, its command included.';
  if (/permission denied/i.test(words))
    return 'That user may not talk to Docker there. Add it to the group: sudo usermod -aG docker, and its name.';
  if (/dial unix|Cannot connect to the Docker daemon/.test(words))
    return 'Start Docker there, or put the socket that it listens on behind the host: ssh://host/run/user/1000/docker.sock.';
  return `This has to work in a terminal, without a question: \`ssh ${to} docker version\`.`;
}

function lastLine(words: string): string {
  return words.trim().split('\n').at(-1)?.trim() ?? '';
}
