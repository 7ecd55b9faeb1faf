import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetBucketNotificationConfigurationCommand,
  type LambdaFunctionConfiguration,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { FunctionManifest, ObjectTrigger, Part, Trigger } from '../processor/manifest.ts';
import { MANIFESTS } from '../processor/manifests.ts';
import { LOCAL } from '../telemetry/topology.ts';
import { createArchiveDelivery } from './archive-delivery.ts';
import type { Cloud } from './local/cloud.ts';
import { builtFile } from './project.ts';
import { enableTableStream } from './resources.ts';
import { clientConfig, type Target } from './target.ts';

export interface Deployment {
  /** What is connected with its triggers. The functions of the others are known all the same, and can be invoked. */
  readonly parts: readonly Part[];
  /** URL of the search cluster; without it the functions that need one are not there. */
  readonly searchEndpoint: string | undefined;
}

/** Gives the local cloud the kit's functions, from their manifests, and connects those of the parts with their triggers. */
export async function deployLocally(cloud: Cloud, target: Target, deployment: Deployment): Promise<void> {
  const { parts, searchEndpoint } = deployment;
  const placeholders = { ...PLACEHOLDERS, search: () => searchEndpoint };
  const manifests = MANIFESTS.filter(({ part }) => part !== 'search' || searchEndpoint !== undefined);
  for (const manifest of manifests) {
    cloud.lambda.register({
      functionName: manifest.functionName,
      file: builtFile(manifest.entry),
      timeout: manifest.timeout,
      memorySize: manifest.memorySize,
      environment: resolved(manifest.environment, placeholders),
    });
  }
  const connected = manifests.filter(({ part }) => parts.includes(part));
  for (const { functionName, triggers } of connected) {
    for (const trigger of triggers) await pollStream(cloud, target, functionName, trigger);
  }
  await notifyOfObjects(target, connected);
  const delivers = connected.some(({ triggers }) => triggers.some(({ on }) => on === 'delivery'));
  if (delivers) await createArchiveDelivery(target);
}

async function pollStream(
  cloud: Cloud,
  target: Target,
  functionName: string,
  trigger: Trigger,
): Promise<void> {
  if (trigger.on === 'stream') {
    const { on: _, stream: streamName, ...polling } = trigger;
    cloud.lambda.map({ functionName, streamName, ...polling });
  } else if (trigger.on === 'table') {
    const { on: _, table: streamName, ...polling } = trigger;
    const dynamodb = new DynamoDBClient(clientConfig(target));
    try {
      const tableStreamArn = await enableTableStream(dynamodb, streamName);
      cloud.lambda.map({ functionName, streamName, tableStreamArn, ...polling });
    } finally {
      dynamodb.destroy();
    }
  }
}

/** Ids of the kit's own rules begin so: others in the same bucket are left alone. */
const RULE = 'wildrydes-';

/** Has each bucket tell the functions of new objects. */
async function notifyOfObjects(target: Target, manifests: readonly FunctionManifest[]): Promise<void> {
  const rules = new Map<string, LambdaFunctionConfiguration[]>();
  for (const { functionName, triggers } of manifests) {
    for (const [at, trigger] of triggers.entries()) {
      if (trigger.on !== 'objects') continue;
      const ofBucket = rules.get(trigger.bucket) ?? [];
      rules.set(trigger.bucket, [...ofBucket, ruleOf(functionName, at, trigger)]);
    }
  }
  if (rules.size === 0) return;
  const s3 = new S3Client({ ...clientConfig(target), forcePathStyle: true });
  try {
    for (const [Bucket, ours] of rules) {
      const { LambdaFunctionConfigurations: present = [] } = await s3.send(
        new GetBucketNotificationConfigurationCommand({ Bucket }),
      );
      const others = present.filter(({ Id }) => !Id?.startsWith(RULE));
      await s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: { LambdaFunctionConfigurations: [...others, ...ours] },
        }),
      );
    }
  } finally {
    s3.destroy();
  }
}

function ruleOf(functionName: string, at: number, trigger: ObjectTrigger): LambdaFunctionConfiguration {
  return {
    Id: `${RULE}${functionName}-${at}`,
    LambdaFunctionArn: `arn:aws:lambda:${LOCAL.region}:${LOCAL.accountId}:function:${functionName}`,
    Events: ['s3:ObjectCreated:*'],
    Filter: {
      Key: {
        FilterRules: [
          { Name: 'prefix', Value: trigger.prefix },
          { Name: 'suffix', Value: trigger.suffix },
        ],
      },
    },
  };
}

type Placeholders = Readonly<Record<string, (name: string) => string | undefined>>;

const PLACEHOLDERS: Placeholders = {
  topic: (name) => `arn:aws:sns:${LOCAL.region}:${LOCAL.accountId}:${name}`,
  stream: (name) => `arn:aws:kinesis:${LOCAL.region}:${LOCAL.accountId}:stream/${name}`,
  'stream-name': (name) => name,
  'table-name': (name) => name,
  index: (name) => name,
  bucket: (name) => name,
};

/** Values such as `${topic:wildrydes-alerts}` become what they name, here. */
function resolved(
  environment: Readonly<Record<string, string>>,
  placeholders: Placeholders,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{([^:}]+):([^}]+)\}/g, (placeholder, kind: string, resource: string) => {
        const real = placeholders[kind]?.(resource);
        if (real === undefined) throw new Error(`${name} has a placeholder of no known kind: ${placeholder}`);
        return real;
      }),
    ]),
  );
}
