import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { KitStack } from './kit-stack.ts';

/**
 * Writes down where a table's changes are to be read, for stacks that come later. AWS gives their stream a name with the
 * time in it, so that it is the one thing that cannot be known beforehand; a parameter leaves both stacks free to go.
 *
 * @param name the kit's name for the table
 */
export function tellChanges(stack: KitStack, name: string, { tableStreamArn }: Table): void {
  if (tableStreamArn === undefined) throw new Error(`${name} has no stream of its changes`);
  new StringParameter(stack, `Changes-${name}`, {
    parameterName: parameterOf(stack, name),
    description: `Where the changes of ${stack.names.of(name)} are read`,
    stringValue: tableStreamArn,
  });
}

/** ARN of a table's changes, as its stack wrote it down: CloudFormation asks for it whenever it deploys. */
export function changesOf(stack: KitStack, name: string): string {
  return StringParameter.valueForStringParameter(stack, parameterOf(stack, name));
}

function parameterOf(stack: KitStack, name: string): string {
  return stack.names.parameter(`${name}/changes`);
}
