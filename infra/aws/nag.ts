import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why a rule of cdk-nag does not hold for a construct and what is in it. Stands beside what it is about.
 *
 * @param rule with its finding, where the rule tells several apart: `AwsSolutions-IAM5[Resource::*]`
 * @param reason that a reviewer accepts
 */
export function suppress(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}
