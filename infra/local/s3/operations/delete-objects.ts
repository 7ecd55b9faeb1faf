import type { XmlElement } from '@rgrove/parse-xml';
import { errorElements, xmlAnswer } from '../answers.ts';
import { receiveDocument } from '../body/receive.ts';
import { deleteObject } from '../changes.ts';
import { matches } from '../conditions.ts';
import { invalidRequest, malformedXml, preconditionFailed, S3Error } from '../errors.ts';
import { bucketOf, type Context, checkKey, checkVersion, s3Operation } from '../operation.ts';
import type { S3Request } from '../request.ts';
import { childOf, childrenOf, element, leaf, parseDocument, textOf, xmlDocument } from '../xml.ts';

/** Keys of one request. */
const MOST = 1000;

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const deleteObjects = s3Operation(async (request, context) => {
  bucketOf(context, request.bucket);
  const { body, checked } = await receiveDocument(request);
  if (!checked) throw invalidRequest('Missing required header for this request: Content-MD5');
  const asked = parseDocument(body, 'Delete');
  const objects = childrenOf(asked, 'Object');
  if (objects.length === 0 || objects.length > MOST) throw malformedXml();
  const quiet = textOf(asked, 'Quiet') === 'true';
  const outcomes = objects.map((object) => outcomeOf(request, context, object, quiet));
  return xmlAnswer(xmlDocument('DeleteResult', ...outcomes));
});

/** Each key fails or goes by itself. */
function outcomeOf(request: S3Request, context: Context, object: XmlElement, quiet: boolean): string {
  // Space around a key is part of it.
  const key = childOf(object, 'Key')?.text;
  if (key === undefined || key === '') throw malformedXml();
  try {
    checkKey(key);
    checkVersion(textOf(object, 'VersionId') ?? null);
    const etag = textOf(object, 'ETag');
    const existing = bucketOf(context, request.bucket).objects.get(key);
    if (etag !== undefined && (existing === undefined || !matches(etag, existing.etag))) {
      throw preconditionFailed('If-Match');
    }
    deleteObject(context, { ...pick(request), key });
    return quiet ? '' : element('Deleted', leaf('Key', key));
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const { details: _, ...rest } = error;
    const told = new S3Error(rest.status, rest.type, error.message);
    return element('Error', leaf('Key', key), errorElements(told));
  }
}

function pick({ bucket, id, region }: S3Request) {
  return { bucket, id, region };
}
