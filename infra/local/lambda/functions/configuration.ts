import { stat } from 'node:fs/promises';
import type { FunctionDefinition } from '../definitions.ts';
import { functionArn, logGroupName, roleArn, VERSION } from '../identity.ts';
import type { FoundFunction } from './functions.ts';
import type { FunctionRecord } from './stored-function.ts';

/**
 * What a function is, as answers tell it.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 */
export async function configurationOf(found: FoundFunction, qualified = false): Promise<object> {
  return found.kind === 'own'
    ? ownConfiguration(found.definition)
    : { ...recordConfiguration(found.record, qualified), ...AT_REST };
}

/** A function is at rest as soon as it is acknowledged: only the answer that made it says that it is being made. */
const AT_REST = { State: 'Active', LastUpdateStatus: 'Successful' } as const;

const BEING_CREATED = 'The function is being created.';

export function createdConfiguration(record: FunctionRecord, qualified = false): object {
  return {
    ...recordConfiguration(record, qualified),
    State: 'Pending',
    StateReason: BEING_CREATED,
    StateReasonCode: 'Creating',
  };
}

export function updatedConfiguration(record: FunctionRecord): object {
  return {
    ...recordConfiguration(record, false),
    State: 'Active',
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: BEING_CREATED,
    LastUpdateStatusReasonCode: 'Creating',
  };
}

/** A version that was just published: it is at rest at once. */
export function recordAnswer(record: FunctionRecord): object {
  return { ...recordConfiguration(record, true), ...AT_REST };
}

/** @param qualified whether the ARN says which version, `$LATEST` included */
function recordConfiguration(record: FunctionRecord, qualified: boolean): object {
  const { functionName, version, environment, vpcConfig, kmsKeyArn } = record;
  const arn = functionArn(functionName, version);
  return {
    FunctionName: functionName,
    FunctionArn: qualified && version === VERSION ? `${arn}:${VERSION}` : arn,
    Runtime: record.runtime,
    Role: record.role,
    Handler: record.handler,
    CodeSize: record.codeSize,
    Description: record.description,
    Timeout: record.timeout,
    MemorySize: record.memorySize,
    LastModified: dateOf(record.lastModified),
    CodeSha256: record.codeSha256,
    Version: version,
    ...(environment === null ? {} : { Environment: { Variables: environment } }),
    ...(vpcConfig === null
      ? {}
      : {
          VpcConfig: {
            SubnetIds: vpcConfig.subnetIds,
            SecurityGroupIds: vpcConfig.securityGroupIds,
            VpcId: '',
            Ipv6AllowedForDualStack: false,
          },
        }),
    ...(kmsKeyArn === null ? {} : { KMSKeyArn: kmsKeyArn }),
    TracingConfig: { Mode: record.tracingMode },
    RevisionId: record.revisionId,
    PackageType: 'Zip',
    Architectures: record.architectures,
    EphemeralStorage: { Size: record.ephemeralStorage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: record.logGroup },
  };
}

async function ownConfiguration(definition: FunctionDefinition): Promise<object> {
  const { functionName, file, timeout, memorySize, environment } = definition;
  const { size, mtimeMs } = await stat(file).catch(() => ({ size: 0, mtimeMs: 0 }));
  return {
    FunctionName: functionName,
    FunctionArn: functionArn(functionName),
    Runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
    Role: roleArn(functionName),
    Handler: 'handler.handler',
    CodeSize: size,
    Description: '',
    Timeout: timeout,
    MemorySize: memorySize,
    LastModified: dateOf(mtimeMs),
    Version: VERSION,
    Environment: { Variables: environment },
    ...AT_REST,
    PackageType: 'Zip',
    LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupName(functionName) },
  };
}

function dateOf(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}
