import { element } from '../../protocol/query-xml.ts';
import { operation } from '../operation.ts';
import { PAGING, PATH_PREFIX, pageOf } from '../paging.ts';
import { attachments, awsPolicies, policyElement } from '../policies.ts';

/** Managed policies. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */
export const listPolicies = operation(
  {
    Scope: { type: 'String', oneOf: ['All', 'AWS', 'Local'] },
    OnlyAttached: { type: 'Boolean' },
    PathPrefix: PATH_PREFIX,
    PolicyUsageFilter: { type: 'String', oneOf: ['PermissionsPolicy', 'PermissionsBoundary'] },
    ...PAGING,
  },
  (input, context) => {
    const { Scope = 'All', OnlyAttached = false, PathPrefix = '/' } = input;
    const found = [
      ...(Scope === 'AWS' ? [] : context.policies.all()),
      ...(Scope === 'Local' ? [] : awsPolicies(context)),
    ].filter(
      ({ path, arn }) => path.startsWith(PathPrefix) && (!OnlyAttached || attachments(context, arn) > 0),
    );
    const { items, more } = pageOf(
      found.map((policy) => [policy.arn, policy]),
      input,
    );
    const each = items.map((policy) =>
      policyElement('member', policy, attachments(context, policy.arn), false),
    );
    return element('Policies', ...each) + more;
  },
  'Of the policies that AWS keeps, it lists those that the guides use and those that are attached.',
);
