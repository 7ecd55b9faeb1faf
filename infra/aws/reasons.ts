/**
 * Why each permission is needed: an action and what it is on, as manifests and stacks write them. The README lists every
 * statement of every policy with its reason, and a statement without one does not synthesize.
 */
const REASONS: Readonly<Record<string, string>> = {
  'dynamodb:BatchGetItem': 'reads the state of the unicorns of a batch in one request',
  'dynamodb:BatchWriteItem': 'writes items, up to 25 in a request',
  'dynamodb:DescribeTable': 'learns in which order the keys of a document id go',
  'dynamodb:PutItem':
    'writes one item on a condition, so that what is older never takes the place of what is newer',
  'dynamodb:Scan': 'finds what an environment that is gone has left pending',
  'es:ESHttpPost': 'writes documents: _bulk is a POST',
  'es:ESHttpPut': 'puts the index templates',
  'kinesis:PutRecords': 'writes records to the stream, and to no other',
  's3:GetObject': 'reads the objects that it is told of',
  's3:GetObjectVersion': 'reads the version that it is told of, should the bucket have versions',
  's3:ListBucket': 'learns from S3 that an object is gone: without this the answer is 403, not 404',
  's3:PutObject': 'keeps what cannot be used, under its prefix alone',
  'sns:Publish': 'publishes to the topic, and to no other',
};

/** @throws Error for an action that nobody has given a reason */
export function reasonFor(action: string): string {
  const reason = REASONS[action];
  if (reason === undefined)
    throw new Error(`${action} has no reason yet: write it into infra/aws/reasons.ts`);
  return reason;
}
