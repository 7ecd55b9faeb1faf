import { alreadyExists, limitExceeded } from '../errors.ts';
import { newId } from '../identifiers.ts';
import { DESCRIPTION, DOCUMENT, operation, PATH, POLICY_NAME, TAGS } from '../operation.ts';
import { MOST_CHARACTERS, ownPolicyArn, policyElement } from '../policies.ts';
import { checkPolicy } from '../policy-document.ts';
import { lengthWithoutSpace } from '../roles.ts';
import { checkedTags } from '../tags.ts';

/** Creates a managed policy. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const createPolicy = operation(
  { PolicyName: POLICY_NAME, Path: PATH, PolicyDocument: DOCUMENT, Description: DESCRIPTION, Tags: TAGS },
  ({ PolicyName: name, Path: path = '/', PolicyDocument, Description, Tags }, { policies, now }) => {
    checkPolicy(PolicyDocument);
    if (lengthWithoutSpace(PolicyDocument) > MOST_CHARACTERS) {
      throw limitExceeded(`Cannot exceed quota for PolicySize: ${MOST_CHARACTERS}`);
    }
    if (policies.all().some((policy) => policy.name.toLowerCase() === name.toLowerCase())) {
      throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    }
    const policy = {
      arn: ownPolicyArn(path, name),
      name,
      path,
      id: newId('policy'),
      createdAt: now(),
      description: Description,
      tags: checkedTags(Tags),
      document: PolicyDocument,
    };
    policies.put(policy.arn, policy);
    return policyElement('Policy', policy, 0);
  },
  'A policy has one version.',
);
