import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { functionNamed } from '../../check/functions.ts';
import { linesOf, loggedSince, shows } from '../../check/logs.ts';
import { type PlacedRecord, recordsSince } from '../../check/streams.ts';
import { until } from '../../check/wait.ts';
import { notYet, type Passed, passed, type Unmet, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { mappingMade } from './mapping.ts';

/** Seconds from a record to its line in the log: AWS polls a stream once a second, and delivers logs some seconds later. */
const PATIENCE = { local: 5, aws: 60 } as const;

/** Milliseconds by which the clocks of two services may differ. */
const SLACK = 10_000;

/** The text of the last record has gone through the mapping and the function, and is in the log. */
export async function checkRecord(at: Workbench): Promise<Passed> {
  const { cliStream, cliFunction } = at.names;
  const { UUID = '', LastModified } = await mappingMade(at);
  const records = await recordsSince(at, cliStream, undefined);
  const last = records.at(-1);
  if (last === undefined) {
    throw notYet({
      looked: `the stream ${cliStream}`,
      found: 'no record came so far',
      expected: 'a record with a text of your own',
      next: again(at),
    });
  }
  const text = textOf(at, last);
  const { LoggingConfig } = await functionNamed(at, cliFunction);
  const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${cliFunction}`;
  let logged: string[] | undefined;
  const seconds = at.target.kind === 'aws' ? PATIENCE.aws : PATIENCE.local;
  const found = await until(at, 'for the record to reach the log', seconds, async () => {
    logged = await loggedSince(at, group, last.arrival - SLACK);
    return logged !== undefined && shows(logged.join('\n'), text) ? true : undefined;
  });
  if (found) return passed(`the log group ${group}`, `the text of your record: ${excerpt(text)}`);
  throw await whyNot(at, { UUID, begun: LastModified?.getTime() ?? 0, last, text, group, logged });
}

/** @throws Unmet when it is no text, or none to be found again */
function textOf(at: Workbench, { data }: PlacedRecord): string {
  const looked = `the last record of the stream ${at.names.cliStream}`;
  const expected = 'a text of your own, in UTF-8';
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    throw wrong({
      looked,
      found: `${data.length} bytes that are no text: version 2 of the CLI takes what follows --data for base64`,
      expected,
      next: again(at),
    });
  }
  if (linesOf(text).length > 0) return text;
  throw wrong({ looked, found: 'it is empty', expected, next: again(at) });
}

interface Unfound {
  readonly UUID: string;
  /** When the mapping was made or changed last, milliseconds since the epoch. */
  readonly begun: number;
  readonly last: PlacedRecord;
  readonly text: string;
  readonly group: string;
  readonly logged: readonly string[] | undefined;
}

async function whyNot(at: Workbench, { UUID, begun, last, text, group, logged }: Unfound): Promise<Unmet> {
  const looked = `the log group ${group}, for the text of the last record: ${excerpt(text)}`;
  const expected = 'a line with this text';
  const mapping = await at.lambda.send(new GetEventSourceMappingCommand({ UUID }));
  if (mapping.State !== 'Enabled') {
    return notYet({
      looked,
      found: `it is not there: the mapping is ${mapping.State}, and delivers nothing`,
      expected,
      next: `./wildrydes workshop check 2.mapping`,
    });
  }
  if (mapping.LastProcessingResult?.startsWith('PROBLEM')) {
    return wrong({
      looked,
      found: `it is not there, and the mapping says: ${mapping.LastProcessingResult}`,
      expected,
      next: './wildrydes workshop check 2.function',
    });
  }
  if (last.arrival < begun) {
    return notYet({
      looked,
      found: 'it is not there: the record came before the mapping, which starts at LATEST',
      expected,
      next: again(at),
    });
  }
  return notYet({
    looked,
    found: logged === undefined ? 'there is no such group: nothing was logged so far' : 'it is not there',
    expected,
    next:
      logged === undefined
        ? `./wildrydes workshop check 2.role, then ${again(at)}`
        : `./wildrydes workshop check 2.function, then ${again(at)}`,
  });
}

function again(at: Workbench): string {
  return `aws kinesis put-record --stream-name ${at.names.cliStream} --partition-key 1 --data fileb://my-rydes/02-first-lambda/record.txt`;
}

function excerpt(text: string): string {
  const [line = ''] = linesOf(text);
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
