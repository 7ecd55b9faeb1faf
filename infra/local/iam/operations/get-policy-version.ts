import { element, textElement, timeElement } from '../../protocol/query-xml.ts';
import { noSuchEntity } from '../errors.ts';
import { operation, POLICY_ARN } from '../operation.ts';
import { namedPolicy, VERSION } from '../policies.ts';
import { encodeDocument } from '../policy-document.ts';

/** What a managed policy says. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export const getPolicyVersion = operation(
  {
    PolicyArn: POLICY_ARN,
    VersionId: { type: 'String', required: true, pattern: 'v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?' },
  },
  ({ PolicyArn, VersionId }, context) => {
    const { document, createdAt } = namedPolicy(context, PolicyArn);
    if (document === undefined) {
      throw noSuchEntity(`Policy ${PolicyArn} is AWS's, and what it says is not known to the local cloud.`);
    }
    if (VersionId !== VERSION) {
      throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`);
    }
    return element(
      'PolicyVersion',
      textElement('Document', encodeDocument(document)),
      textElement('VersionId', VersionId),
      textElement('IsDefaultVersion', true),
      timeElement('CreateDate', createdAt),
    );
  },
  'Of the policies that AWS keeps, it knows what those say that the guides use, shortened, all as version v1.',
);
