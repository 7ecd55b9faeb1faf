import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import { athenaQuestion, type Bounds } from '../../infra/archive/athena-tables.ts';
import { hourOf, hoursOf, type Span } from '../../infra/archive/hours.ts';
import type { Question } from '../../infra/archive/question.ts';
import { BUCKETS } from '../../telemetry/topology.ts';
import type { AnswerPage } from './answer.ts';
import { type AthenaOptions, askAthena, prepareAthena } from './athena.ts';
import { listArchive } from './objects.ts';

/**
 * The bucket of the archive: on AWS, where names of buckets are taken by whoever comes first, account and region follow
 * the kit's. Undefined when there is none in the region.
 */
export async function findBucket(
  s3: S3Client,
  region: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: `${BUCKETS.archive}-` }), {
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
  yield* askAthena(athena, athenaQuestion(question, bucket, bounds, span), signal);
}
