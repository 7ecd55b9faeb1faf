import { members, textElement } from '../../protocol/query-xml.ts';
import { operation, ROLE_NAME } from '../operation.ts';
import { PAGING, PATH_PREFIX, pageOf } from '../paging.ts';
import { namedPolicy } from '../policies.ts';
import { namedRole } from '../roles.ts';

/** The managed policies of a role. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
export const listAttachedRolePolicies = operation(
  { RoleName: ROLE_NAME, PathPrefix: PATH_PREFIX, ...PAGING },
  (input, context) => {
    const { PathPrefix = '/' } = input;
    const attached = namedRole(context.roles, input.RoleName)
      .attached.map((arn) => namedPolicy(context, arn))
      .filter(({ path }) => path.startsWith(PathPrefix));
    const { items, more } = pageOf(
      attached.map((policy) => [policy.arn, policy]),
      input,
    );
    const each = items.map(
      ({ name, arn }) => textElement('PolicyName', name) + textElement('PolicyArn', arn),
    );
    return members('AttachedPolicies', each) + more;
  },
);
