/** How a server of the OpenAI family writes a turn; `gemini` is chosen by the address that is asked. */
export type Dialect = 'openai' | 'ollama' | 'vllm' | 'llamacpp' | 'proxy' | 'openrouter';

export interface ScriptedCall {
  readonly name: string;
  /** An object, or text exactly as the model wrote it. */
  readonly arguments: Record<string, unknown> | string;
  readonly id?: string;
}

/** One turn of the scripted model. */
export interface ScriptedTurn {
  readonly text?: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly calls?: readonly ScriptedCall[];
  readonly dialect?: Dialect;
  /** The finish reason; `null` sends none. */
  readonly finish?: string | null;
  readonly usage?: {
    readonly input: number;
    readonly output: number;
    readonly cached?: number;
    readonly cost?: number;
  };
  /** Gemini's signature on the first call, or on the text where there is no call. */
  readonly signature?: string;
  /** Gemini: parallel calls in one chunk each; default all in one. */
  readonly callsApart?: boolean;
  /** Milliseconds before the first byte: a model that thinks. */
  readonly delay?: number;
  /** Sends nothing until this resolves. */
  readonly hold?: Promise<void>;
  /** Sends the first half of the answer, then waits for this. */
  readonly holdHalfway?: Promise<void>;
  readonly fault?: Fault;
  /** Replaces the events: sent as they stand. */
  readonly body?: string;
  readonly contentType?: string;
  /** Cuts the body into pieces that are written apart. */
  readonly split?: (body: Buffer) => readonly Buffer[];
  readonly crlf?: boolean;
  readonly comments?: boolean;
  /** Answers with one JSON document in spite of `stream: true`. */
  readonly plainJson?: boolean;
  /** Leaves `[DONE]` out. */
  readonly noDone?: boolean;
}

export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection breaks before an answer, or halfway. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'halfway' }
  /** An error after half of the answer, with status 200. */
  | { readonly kind: 'midstream'; readonly error: unknown; readonly where: 'top' | 'choice' | 'finish-only' };

export interface SeenRequest {
  readonly api: 'openai' | 'gemini';
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

/** One turn after another, or a function of what was asked. */
export type Script =
  readonly ScriptedTurn[] | ((request: SeenRequest, turn: number) => ScriptedTurn | Promise<ScriptedTurn>);

export interface ModelServer {
  /** Base URL for OpenAI-style clients, with `/v1`. */
  readonly url: string;
  /** Base URL for the Gemini client. */
  readonly geminiUrl: string;
  readonly requests: readonly SeenRequest[];
  /** What was wrong with the requests: assert that it is empty. */
  readonly violations: readonly string[];
  close(): Promise<void>;
}
