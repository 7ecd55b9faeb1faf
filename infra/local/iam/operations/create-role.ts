import { alreadyExists, limitExceeded } from '../errors.ts';
import { newId } from '../identifiers.ts';
import { DESCRIPTION, DOCUMENT, operation, PATH, ROLE_NAME, TAGS } from '../operation.ts';
import { namedPolicy } from '../policies.ts';
import { checkTrustPolicy } from '../policy-document.ts';
import { lengthWithoutSpace, ROLE_LIMITS, roleElement } from '../roles.ts';
import { checkedTags } from '../tags.ts';

/** Seconds, unless the role says otherwise. */
const SESSION_DURATION = 3_600;

/**
 * Creates a role that those whom its trust policy names may assume.
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export const createRole = operation(
  {
    Path: PATH,
    RoleName: ROLE_NAME,
    AssumeRolePolicyDocument: DOCUMENT,
    Description: DESCRIPTION,
    MaxSessionDuration: { type: 'Integer', min: 3_600, max: 43_200 },
    PermissionsBoundary: { type: 'String', min: 20, max: 2048 },
    Tags: TAGS,
  },
  (input, context) => {
    const { RoleName: name, AssumeRolePolicyDocument: trustPolicy } = input;
    checkTrustPolicy(trustPolicy);
    checkTrustPolicyLength(trustPolicy);
    if (input.PermissionsBoundary !== undefined) namedPolicy(context, input.PermissionsBoundary);
    const { roles, now } = context;
    // Names are told apart by more than their case.
    if (roles.all().some((role) => role.name.toLowerCase() === name.toLowerCase())) {
      throw alreadyExists(`Role with name ${name} already exists.`);
    }
    const role = {
      name,
      path: input.Path ?? '/',
      id: newId('role'),
      createdAt: now(),
      trustPolicy,
      description: input.Description,
      maxSessionDuration: input.MaxSessionDuration ?? SESSION_DURATION,
      permissionsBoundary: input.PermissionsBoundary,
      tags: checkedTags(input.Tags),
      attached: [],
      inline: [],
    };
    roles.put(name, role);
    return roleElement('Role', role);
  },
  'What policies allow is kept and not enforced; the principals of a trust policy need not exist.',
);

/** @throws ServiceError LimitExceeded */
export function checkTrustPolicyLength(document: string): void {
  if (lengthWithoutSpace(document) > ROLE_LIMITS.trustPolicy) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${ROLE_LIMITS.trustPolicy}`);
  }
}
