import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { mappingsOf } from '../check/functions.ts';
import { ifThere } from '../check/missing.ts';
import { until } from '../check/wait.ts';
import { pack } from '../pack.ts';
import type { Workbench } from '../workbench.ts';
import { PATIENCE } from './patience.ts';

/** What a function is to be. */
export interface WantedFunction {
  readonly name: string;
  /** Path of its source, as `pack` takes it. */
  readonly source: string;
  readonly roleArn: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds; default 30. */
  readonly timeout?: number;
}

/** The runtime that the workshop's functions name. */
export const RUNTIME = 'nodejs22.x';

/** Seconds that AWS may take until a new role can be assumed. */
const ROLE_PATIENCE = 60;

/** Creates a function; one that is there is left as it is. Returns when it can be invoked. */
export async function ensureFunction(at: Workbench, wanted: WantedFunction): Promise<void> {
  const { name, source, roleArn, environment = {}, timeout = 30 } = wanted;
  const asked = { FunctionName: name };
  if ((await ifThere(at.lambda.send(new GetFunctionConfigurationCommand(asked)))) === undefined) {
    const { zip, handler } = await pack(source);
    const create = new CreateFunctionCommand({
      ...asked,
      Runtime: RUNTIME,
      Handler: handler,
      Role: roleArn,
      Code: { ZipFile: zip },
      Timeout: timeout,
      MemorySize: 256,
      Environment: { Variables: environment },
    });
    await until(at, 'for the role to be usable', ROLE_PATIENCE, async () => {
      try {
        await at.lambda.send(create);
        return true;
      } catch (error) {
        if ((error as Error).name === 'ResourceConflictException') return true;
        if (isTooNew(error)) return undefined;
        throw error;
      }
    });
  }
  await waitUntilFunctionActiveV2({ client: at.lambda, ...PATIENCE }, asked);
}

/** A role that is seconds old is refused, in these words. Source: https://repost.aws/knowledge-center/lambda-execution-role-errors */
function isTooNew(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'InvalidParameterValueException' && /cannot be assumed by Lambda/.test(message);
}

export type WantedMapping = CreateEventSourceMappingCommandInput & {
  readonly FunctionName: string;
  readonly EventSourceArn: string;
};

/** Connects a stream with a function; a mapping that is there is left as it is. Returns when it is enabled. */
export async function ensureMapping(at: Workbench, wanted: WantedMapping): Promise<void> {
  const [present] = await mappingsOf(at, wanted.FunctionName, wanted.EventSourceArn);
  const { UUID } = present ?? (await at.lambda.send(new CreateEventSourceMappingCommand(wanted)));
  await until(at, 'for the mapping to be enabled', PATIENCE.maxWaitTime, async () => {
    const { State } = await at.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === 'Enabled' || State === 'Disabled' ? State : undefined;
  });
}

/** Deletes a mapping; one that is not there is passed over. Returns when it invokes nothing any more. */
export async function removeMapping(at: Workbench, UUID: string): Promise<void> {
  await ifThere(at.lambda.send(new DeleteEventSourceMappingCommand({ UUID })));
  await until(at, 'for the mapping to be gone', PATIENCE.maxWaitTime, async () =>
    (await ifThere(at.lambda.send(new GetEventSourceMappingCommand({ UUID })))) === undefined
      ? true
      : undefined,
  );
}

/** Deletes a function, with what feeds it and what it has logged. Returns when nothing invokes it any more. */
export async function removeFunction(at: Workbench, name: string): Promise<void> {
  for (const { UUID = '' } of await mappingsOf(at, name)) await removeMapping(at, UUID);
  await ifThere(at.lambda.send(new DeleteFunctionCommand({ FunctionName: name })));
  await ifThere(at.logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${name}` })));
}
