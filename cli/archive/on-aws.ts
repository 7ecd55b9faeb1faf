import { type AthenaClient, GetWorkGroupCommand, InvalidRequestException } from '@aws-sdk/client-athena';
import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import { athenaNamesOf, RESULTS_PREFIX } from '../../infra/archive/athena-names.ts';
import { athenaQuestion, type Bounds } from '../../infra/archive/athena-tables.ts';
import { hourOf, hoursOf, type Span } from '../../infra/archive/hours.ts';
import type { Question } from '../../infra/archive/question.ts';
import { BUCKETS } from '../../telemetry/topology.ts';
import type { AnswerPage } from './answer.ts';
import { type AnswersTo, type AthenaOptions, askAthena, prepareAthena } from './athena.ts';
import { listArchive } from './objects.ts';

/**
 * The bucket of the archive: on AWS, where names of buckets are taken by whoever comes first, account and region follow
 * the kit's. Undefined when there is none in the region.
 *
 * @param prefix of the deployment, with its dash; nothing for none
 */
export async function findBucket(
  s3: S3Client,
  region: string,
  prefix: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const named = `${prefix}${BUCKETS.archive}-`;
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: named }), {
    abortSignal: signal,
  });
  return Buckets.map(({ Name = '' }) => Name).find((name) => name.endsWith(`-${region}`));
}

/**
 * The hours that a question about a span has to look into, from the first that has an object; undefined when none has.
 * One key tells: they sort by time.
 */
export async function boundsOf(
  s3: S3Client,
  bucket: string,
  span: Span,
  now: number,
  signal: AbortSignal,
): Promise<Bounds | undefined> {
  const hours = hoursOf(span);
  const { value: oldest } = await listArchive(s3, bucket, hours, signal).next();
  if (oldest === undefined) return undefined;
  const first = oldest.hour;
  return { first, last: Math.max(first, Math.min(hours.last ?? Number.POSITIVE_INFINITY, hourOf(now))) };
}

/**
 * Where answers about a bucket go: the workgroup of its deployment decides, where there is one.
 *
 * @throws what the client does
 */
export async function answersOf(
  client: AthenaClient,
  bucket: string,
  signal: AbortSignal,
): Promise<AnswersTo> {
  const { workGroup } = athenaNamesOf(bucket);
  if (workGroup !== undefined && (await hasWorkGroup(client, workGroup, signal))) return { workGroup };
  return { output: `s3://${bucket}/${RESULTS_PREFIX}` };
}

async function hasWorkGroup(client: AthenaClient, workGroup: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.send(new GetWorkGroupCommand({ WorkGroup: workGroup }), { abortSignal: signal });
    return true;
  } catch (error) {
    // What Athena says of one that it does not know; the bucket may have been made by hand.
    if (error instanceof InvalidRequestException) return false;
    throw error;
  }
}

/**
 * Asks Athena about a bucket's archive, and makes its table there first when nobody has.
 *
 * @throws what askAthena does
 */
export async function* askOnAws(
  athena: AthenaOptions,
  bucket: string,
  question: Question,
  bounds: Bounds,
  span: Span,
  signal: AbortSignal,
): AsyncGenerator<AnswerPage> {
  await prepareAthena(athena, bucket, signal);
  const { database } = athenaNamesOf(bucket);
  yield* askAthena(athena, athenaQuestion(question, bucket, bounds, span), database, signal);
}
