import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { flatText } from './flat-text.ts';

/**
 * The name that a resource gets in the account, with `<…>` where CloudFormation puts something in; undefined for what
 * nobody has named. It stands in a property called after the type (`functionName` of AWS::Lambda::Function), or `name`.
 */
export function physicalName(resource: IConstruct): string | undefined {
  if (!CfnResource.isCfnResource(resource)) return undefined;
  const kind = resource.cfnResourceType.split('::').at(-1)!;
  const properties = resource as unknown as Readonly<Record<string, unknown>>;
  const named: unknown = Stack.of(resource).resolve(
    properties[`${kind[0]!.toLowerCase()}${kind.slice(1)}Name`] ?? properties.name,
  );
  return named === undefined ? undefined : flatText(named);
}
