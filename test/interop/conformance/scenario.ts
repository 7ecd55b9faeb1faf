/**
 * What a client of AWS does and must see: data, so that each client runs the same. Dates and bytes are written
 * `{ time }`, `{ utf8 }` and `{ base64 }`, in what is sent and in what is expected; `{ from }` stands for a part of an
 * earlier answer.
 */
export interface Scenario {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** One call. */
export interface Step {
  /** `kinesis.PutRecord` */
  readonly call: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the outcome must hold at least, by Vitest's toMatchObject: asymmetric matchers are welcome. */
  readonly expected: Expected;
  readonly options: StepOptions;
}

export type Expected =
  | { readonly answer: unknown }
  | { readonly error: unknown; readonly message: unknown; readonly status: unknown };

export interface StepOptions {
  /** By which later steps refer to the answer. */
  readonly as?: string;
  /** Sends also what the client itself would refuse. Only boto3 looks at its input before it sends it. */
  readonly unchecked?: true;
  /** Repeats the call until the outcome is as expected, 30 seconds at most. */
  readonly eventually?: true;
  /** Members of the answer that each client reads or asks for in a way of its own: they are not compared. */
  readonly apart?: readonly string[];
  /** Events to take from an answer that is a stream of them, which is then left. */
  readonly events?: number;
}

/** What came of a call, in the notation of scenarios. */
export type Outcome =
  | { readonly answer: unknown; readonly status: number }
  | { readonly error: string; readonly message: string; readonly status: number };

/** One SDK, talking to a local cloud. */
export interface Client {
  readonly name: string;
  call(call: string, input: unknown, options: StepOptions): Promise<Outcome>;
  close(): Promise<void>;
}

/** A step that succeeds. */
export function answers(
  call: string,
  input: Readonly<Record<string, unknown>>,
  answer: unknown = {},
  options: StepOptions = {},
): Step {
  return { call, input, expected: { answer }, options };
}

/**
 * A step that is refused.
 *
 * @param error the exception as the SDKs know it: `ResourceNotFoundException`
 * @param status of HTTP; default 400
 */
export function refuses(
  call: string,
  input: Readonly<Record<string, unknown>>,
  error: unknown,
  message: RegExp,
  { status = 400, ...options }: StepOptions & { readonly status?: number } = {},
): Step {
  return { call, input, expected: { error, message: matching(message), status }, options };
}

/** A part of an earlier answer: `from('described.StreamDescription.Shards.0.ShardId')`. */
export function from(path: string): { readonly from: string } {
  return { from: path };
}

export function utf8(text: string): { readonly utf8: string } {
  return { utf8: text };
}

export function base64(bytes: Uint8Array): { readonly base64: string } {
  return { base64: Buffer.from(bytes).toString('base64') };
}

/** Text that the expression is found in. */
export function matching(expression: RegExp): unknown {
  return {
    asymmetricMatch: (given: unknown) => typeof given === 'string' && expression.test(given),
    toString: () => 'Matching',
    toAsymmetricMatcher: () => `Matching<${expression}>`,
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
  };
}
