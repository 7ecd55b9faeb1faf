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
  'es:ESHttpPost _bulk': 'writes documents; their indices stand in the body, of which IAM sees nothing',
  'es:ESHttpPost _delete_by_query': 'deletes the lines that an earlier object under the same key left',
  'es:ESHttpPost _refresh':
    'has lines that were just written be found, before it deletes those of an earlier object',
  'es:ESHttpPut _index_template': 'puts the templates of its own indices, before the first document',
  'kinesis:PutRecords': 'writes records to the stream, and to no other',
  's3:GetObject': 'reads the objects that it is told of',
  's3:GetObjectVersion': 'reads the version that it is told of, should the bucket have versions',
  's3:ListBucket': 'learns from S3 that an object is gone: without this the answer is 403, not 404',
  's3:PutObject': 'keeps what cannot be used, under its prefix alone',
  'sns:Publish': 'publishes to the topic, and to no other',
};

/**
 * @param operation of a search domain, which knows actions by their methods alone
 * @throws Error for an action that nobody has given a reason
 */
export function reasonFor(action: string, operation?: string): string {
  const what = operation === undefined ? action : `${action} ${operation}`;
  const reason = REASONS[what];
  if (reason === undefined) throw new Error(`${what} has no reason yet: write it into infra/aws/reasons.ts`);
  return reason;
}
