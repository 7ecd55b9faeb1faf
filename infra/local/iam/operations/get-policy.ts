import { operation, POLICY_ARN } from '../operation.ts';
import { attachments, namedPolicy, policyElement } from '../policies.ts';

/** A managed policy, without what it says. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
export const getPolicy = operation({ PolicyArn: POLICY_ARN }, ({ PolicyArn }, context) =>
  policyElement('Policy', namedPolicy(context, PolicyArn), attachments(context, PolicyArn)),
);
