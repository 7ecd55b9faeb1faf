import { type EventRecord, invoke, kinesisEvent, type Outcome } from '../../check/functions.ts';
import { shows } from '../../check/logs.ts';
import { couldNotCheck, type Passed, passed, type Unmet, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** The function that is tried. */
interface Tried {
  readonly name: string;
  readonly streamArn: string;
  /** Seconds that it has for an answer. */
  readonly timeout: number;
}

/** Tells encodings apart: its third letter is two bytes in UTF-8. */
const TELLTALE = 'naïve';

/** What the records of the made-up event hold: one is like a reading, since that is what streams carry. */
const TEXTS = [
  'check-1 Rocinante',
  `check-2 ${TELLTALE} 🦄`,
  'check-3 {"Name":"Shadowfax","MagicPoints":150}',
] as const;

/** Bytes that Invoke gives of a log, at most. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const TAIL = 4_096;

/** Other things that become of bytes, and what to call them. */
const MISREADINGS: readonly { readonly encoding: BufferEncoding; readonly found: string }[] = [
  { encoding: 'latin1', found: 'it decodes the bytes as Latin-1, a byte for each letter' },
  { encoding: 'ascii', found: 'it decodes the bytes as ASCII, which has no letter like ï' },
  { encoding: 'hex', found: 'it logs the bytes in hexadecimal' },
];

const EXPECTED = "it logs each record's text, and returns";

/** Invokes the function with one record, then with three: all their texts are in its log. */
export async function checkLogging(at: Workbench, tried: Tried): Promise<Passed> {
  const one = await tryWith(at, tried, TEXTS.slice(0, 1));
  judgeAnswer(tried, one, 'with one record');
  judgeFirst(tried, one.log);
  const all = await tryWith(at, tried, TEXTS);
  judgeAnswer(tried, all, 'with three records, while one alone goes well');
  judgeAll(tried, all.log);
  return passed(`the function ${tried.name}, invoked with three records`, 'it logs the text of each');
}

function tryWith(at: Workbench, { name, streamArn }: Tried, texts: readonly string[]): Promise<Outcome> {
  const records = texts.map((data): EventRecord => ({ partitionKey: 'check', data }));
  return invoke(at, name, kinesisEvent(streamArn, records, at.clock.now()));
}

/** @throws Unmet when it failed, with why */
function judgeAnswer(tried: Tried, { error }: Outcome, how: string): void {
  if (error === undefined) return;
  const looked = `the function ${tried.name}, invoked ${how}`;
  const known = FAILURES.find(({ pattern }) => pattern.test(error));
  throw wrong({
    looked,
    found: known?.found(tried, error) ?? `it failed: ${error}`,
    expected: EXPECTED,
    next: `${known?.advice ?? 'Mend what it says'}. Then: ${uploadOf(tried)}`,
  });
}

const FAILURES: readonly {
  readonly pattern: RegExp;
  readonly found: (tried: Tried, error: string) => string;
  readonly advice: string;
}[] = [
  {
    pattern: /^Sandbox\.Timedout|Task timed out/,
    found: ({ timeout }) => `it did not answer within its ${timeout} s`,
    advice: 'Let the handler end when all is logged',
  },
  {
    pattern: /^Runtime\.NodeJsExit/,
    found: () => 'it never answers: what it waits for does not come',
    advice: 'Let the handler end when all is logged',
  },
  {
    pattern: /^Runtime\.ExitError/,
    found: (_, error) => `it ended its own process before it answered: ${error}`,
    advice: 'Return from the handler, and leave the process to Lambda',
  },
  {
    pattern: /^Runtime\.(HandlerNotFound|ImportModuleError|UserCodeSyntaxError)/,
    found: (_, error) => `Lambda finds no handler in it: ${error}`,
    advice: 'Let kinesisEventLogger export a function of the name handler',
  },
  {
    pattern: /\brecords\b/,
    found: (_, error) => `it failed: ${error}`,
    advice: 'The records are in event.Records, with a capital R',
  },
];

/** @throws Unmet when one record's text, plain ASCII, is not in the log */
function judgeFirst(tried: Tried, log: string): void {
  const [text] = TEXTS;
  if (shows(log, text)) return;
  const looked = `the log of the function ${tried.name}, invoked with one record`;
  judgeTail(looked, log);
  const base64 = shows(log, Buffer.from(text).toString('base64'));
  const own = ownLines(log);
  throw unlogged(tried, {
    looked,
    found: base64
      ? 'it logs the data as it came, in base64'
      : own.length === 0
        ? 'it logs nothing'
        : `it logs other things, such as ${own[0]?.slice(0, 120)}`,
    advice: base64
      ? 'Decode it before you log it'
      : 'Log what is in kinesis.data of each record of event.Records, decoded, before the handler ends',
  });
}

/** @throws Unmet when one of the texts is not in the log */
function judgeAll(tried: Tried, log: string): void {
  const missing = TEXTS.filter((text) => !shows(log, text));
  if (missing.length === 0) return;
  const looked = `the log of the function ${tried.name}, invoked with three records`;
  judgeTail(looked, log);
  const misreading = MISREADINGS.find(({ encoding }) =>
    log.includes(Buffer.from(TELLTALE).toString(encoding)),
  );
  if (misreading !== undefined || (missing.length === 1 && log.includes('check-2'))) {
    throw unlogged(tried, {
      looked,
      found: misreading?.found ?? `it logs ${TELLTALE} otherwise than it was sent`,
      advice: 'Make text of the bytes as UTF-8, which is what producers send',
    });
  }
  throw unlogged(tried, {
    looked,
    found: `it logs ${TEXTS.length - missing.length} of the three texts, without ${missing.join(', ')}`,
    advice: 'Go through all of event.Records: Lambda sends records in batches',
  });
}

/** @throws Unmet when what is looked for may have been logged before what is seen */
function judgeTail(looked: string, log: string): void {
  if (Buffer.byteLength(log) < TAIL) return;
  throw couldNotCheck({
    looked,
    found: 'it logs so much that only the end of it can be seen',
    expected: 'less than 4 KB for an invocation',
    next: "Log no more than the records' texts, then check again.",
  });
}

function unlogged(
  tried: Tried,
  { looked, found, advice }: { readonly looked: string; readonly found: string; readonly advice: string },
): Unmet {
  return wrong({ looked, found, expected: EXPECTED, next: `${advice}. Then: ${uploadOf(tried)}` });
}

/** What the function has logged itself, without the time, request and level before it. Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html */
function ownLines(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(START|END|REPORT|INIT_START|XRAY)\b/.test(line))
    .map((line) => line.replace(/^\S+Z\t[\w-]+\t\w+\t/, ''));
}

function uploadOf({ name }: Tried): string {
  const file = 'my-rydes/02-first-lambda/kinesisEventLogger';
  return `./wildrydes workshop pack ${file}.js && aws lambda update-function-code --function-name ${name} --zip-file fileb://${file}.zip`;
}
