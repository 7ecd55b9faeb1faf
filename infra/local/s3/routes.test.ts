import * as sdk from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { S3Fixture } from './fixture.ts';
import { OPERATIONS } from './routes.ts';

const fixture = new S3Fixture();
afterEach(() => fixture.closeAll());

/** Not asked: one for directory buckets that has no bucket, one that goes to another host. */
const ELSEWHERE = ['ListDirectoryBuckets', 'WriteGetObjectResponse'];

/** What makes each request one that the SDK can write. */
const INPUT = {
  Bucket: 'herd',
  Key: 'k',
  Id: 'i',
  UploadId: 'u',
  PartNumber: 1,
  RenameSource: 'a',
  CopySource: 'a/b',
};

test('refuses each operation that the SDK has and this S3 has not by its name', async () => {
  const { client } = await fixture.openBucket('herd');
  const commands = sdk as unknown as Readonly<Record<string, new (input: object) => sdk.GetObjectCommand>>;
  const names = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
  const missing = names.filter((name) => !OPERATIONS.has(name) && !ELSEWHERE.includes(name));
  expect(missing.length).toBeGreaterThan(40);
  const told = missing.map(async (name) => {
    const refused = client.send(new commands[`${name}Command`]!(INPUT));
    const error: unknown = await refused.catch((reason: unknown) => reason);
    return `${name}: ${error instanceof sdk.S3ServiceException ? `${error.name}: ${error.message}` : 'succeeded'}`;
  });
  const otherwise = (await Promise.all(told)).filter(
    (line) => !/^(\w+): NotImplemented: The local S3 does not offer \1 /.test(line),
  );
  expect(otherwise).toEqual([]);
});
