import { emptyAnswer } from '../answers.ts';
import { refuseWhatIsNotHere } from '../attributes.ts';
import { receiveDocument } from '../body/receive.ts';
import { malformedXml, S3Error } from '../errors.ts';
import { s3Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import { PUBLIC_ACCESS_SETTINGS } from '../store/buckets.ts';
import type { Pairs } from '../store/object.ts';
import { MOST_BUCKET_TAGS, readTagSet } from '../tags.ts';
import { childOf, parseDocument, textOf } from '../xml.ts';

/** The one region whose name is not said, and where a bucket of one's own may be created again. */
const FIRST_REGION = 'us-east-1';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const createBucket = s3Operation(async (request, { buckets, now }) => {
  const { bucket: name, region } = request;
  if (!isBucketName(name)) {
    throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
  }
  refuseWhatIsNotHere(request);
  const { location, tags } = await readConfiguration(request);
  checkLocation(location, region);
  const answer = emptyAnswer(200, { Location: `/${name}` });
  const existing = buckets.get(name);
  if (existing !== undefined) {
    if (region === FIRST_REGION && existing.record.region === FIRST_REGION) return answer;
    throw new S3Error(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: name },
    );
  }
  buckets.create({
    name,
    region,
    createdAt: now(),
    notifications: [],
    publicAccessBlock: PUBLIC_ACCESS_SETTINGS,
    encryption: { algorithm: 'AES256' },
    tags,
    policy: null,
  });
  return answer;
}, 'A bucket belongs to the region that the request was signed for, and is seen from all. No other account can hold its name.');

async function readConfiguration(request: S3Request): Promise<{ location: string | undefined; tags: Pairs }> {
  const { body } = await receiveDocument(request);
  if (body.length === 0) return { location: undefined, tags: [] };
  const configuration = parseDocument(body, 'CreateBucketConfiguration');
  if (childOf(configuration, 'Bucket') !== undefined || childOf(configuration, 'Location') !== undefined) {
    throw new S3Error(501, 'NotImplemented', 'The local S3 does not offer directory buckets');
  }
  const tags = childOf(configuration, 'Tags');
  const location = textOf(configuration, 'LocationConstraint');
  if (location === '') throw malformedXml();
  return {
    location,
    tags: tags === undefined ? [] : readTagSet(tags, MOST_BUCKET_TAGS),
  };
}

function checkLocation(location: string | undefined, region: string): void {
  if (location === FIRST_REGION) {
    throw new S3Error(400, 'InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      LocationConstraint: location,
    });
  }
  if ((location === 'EU' ? 'eu-west-1' : (location ?? FIRST_REGION)) === region) return;
  throw new S3Error(
    400,
    'IllegalLocationConstraintException',
    `The ${location ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(?:xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(?:-s3alias|--ols-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}
