import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import {
  CreateApplicationCommand,
  type CreateApplicationCommandInput,
  DeleteApplicationCommand,
  DescribeApplicationCommand,
  StartApplicationCommand,
  StopApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { PROJECT_ROOT } from '../../../infra/project.ts';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { ifThere } from '../../check/missing.ts';
import { until } from '../../check/wait.ts';
import { PATIENCE } from '../../install/patience.ts';
import { ensureRole, removeRole } from '../../install/roles.ts';
import { ensureStream, removeStream } from '../../install/streams.ts';
import type { Workbench } from '../../workbench.ts';
import { groupsOf, RUNTIME } from './application.ts';
import { READ_CODE, SERVICE, usesOf } from './permissions.ts';

/** The code, in its bucket. */
const JAR = 'wildrydes-aggregation.jar';

/** Seconds that AWS may take until a new role can be assumed. */
const ROLE_PATIENCE = 60;

/** Streams, role, application, started. */
export async function install(at: Workbench): Promise<void> {
  const { readings, summaries, quarantine } = at.names;
  for (const name of [readings, summaries, quarantine]) await ensureStream(at, name);
  const bucket = await bucketOf(at);
  const role = await ensureRole(at, {
    name: at.names.applicationRole,
    service: SERVICE,
    inline: { aggregation: await statements(at, bucket) },
  });
  // Here no Jar is run, and none is asked for.
  if (at.target.kind === 'aws') await uploadJar(at, bucket);
  await createApplication(at, role, bucket);
  await start(at);
}

/** Application, streams, role, and on AWS the bucket. */
export async function remove(at: Workbench): Promise<void> {
  await removeApplication(at);
  await removeStream(at, at.names.quarantine);
  await removeStream(at, at.names.summaries);
  await removeRole(at, at.names.applicationRole);
  await removeBucket(at, await bucketOf(at));
}

/** Names of buckets are unique among all accounts. */
async function bucketOf(at: Workbench): Promise<string> {
  const { Account } = await at.sts.send(new GetCallerIdentityCommand({}));
  return `${at.names.application}-${Account}-${at.target.region}`;
}

/** What the role may do, as least privilege has it. */
async function statements(at: Workbench, bucket: string): Promise<object[]> {
  const uses = await Promise.all(
    usesOf(at).map(async ({ stream, needed }) => {
      const { StreamDescriptionSummary } = await at.kinesis.send(
        new DescribeStreamSummaryCommand({ StreamName: stream }),
      );
      return { Effect: 'Allow', Action: needed, Resource: StreamDescriptionSummary?.StreamARN };
    }),
  );
  return [{ Effect: 'Allow', Action: READ_CODE, Resource: `arn:aws:s3:::${bucket}/${JAR}` }, ...uses];
}

async function createApplication(at: Workbench, role: string, bucket: string): Promise<void> {
  if ((await statusOf(at)) !== undefined) return;
  const create = new CreateApplicationCommand(wanted(at, role, bucket));
  await until(at, 'for the role to be usable', ROLE_PATIENCE, async () => {
    try {
      await at.analytics.send(create);
      return true;
    } catch (error) {
      const { name, message } = error as Error;
      // A role that is seconds old cannot be assumed yet: the service says so of the role.
      if (name === 'InvalidArgumentException' && /role/i.test(message)) return undefined;
      throw error;
    }
  });
}

/** The application as the module's text creates it. */
export function wanted(at: Workbench, role: string, bucket: string): CreateApplicationCommandInput {
  return {
    ApplicationName: at.names.application,
    RuntimeEnvironment: RUNTIME,
    ServiceExecutionRole: role,
    ApplicationConfiguration: {
      ApplicationCodeConfiguration: {
        CodeContentType: 'ZIPFILE',
        CodeContent: { S3ContentLocation: { BucketARN: `arn:aws:s3:::${bucket}`, FileKey: JAR } },
      },
      EnvironmentProperties: {
        PropertyGroups: Object.entries(groupsOf(at.names)).map(([group, stream]) => ({
          PropertyGroupId: group,
          PropertyMap: { 'stream.name': stream },
        })),
      },
      FlinkApplicationConfiguration: {
        // A summary is written at a checkpoint: ten seconds instead of the minute that is the default.
        CheckpointConfiguration: {
          ConfigurationType: 'CUSTOM',
          CheckpointingEnabled: true,
          CheckpointInterval: 10_000,
          MinPauseBetweenCheckpoints: 5_000,
        },
        ParallelismConfiguration: {
          ConfigurationType: 'CUSTOM',
          Parallelism: 1,
          ParallelismPerKPU: 1,
          AutoScalingEnabled: false,
        },
      },
      ApplicationSnapshotConfiguration: { SnapshotsEnabled: true },
    },
  };
}

async function start(at: Workbench): Promise<void> {
  const asked = { ApplicationName: at.names.application };
  if ((await statusOf(at)) === 'READY') {
    await at.analytics.send(new StartApplicationCommand({ ...asked, RunConfiguration: {} }));
  }
  const status = await settled(at, 'for the application to run');
  if (status === 'RUNNING') return;
  throw new WildRydesError('STATE_UNUSABLE', `the application ${asked.ApplicationName} is ${status}`, {
    next: `./wildrydes aggregation status --application ${asked.ApplicationName}`,
  });
}

async function removeApplication(at: Workbench): Promise<void> {
  const asked = { ApplicationName: at.names.application };
  if ((await statusOf(at)) === undefined) return;
  if (!['READY', 'DELETING'].includes((await statusOf(at)) ?? '')) {
    // By force: a snapshot of what is thrown away would only take time, and what is starting stops only so.
    await at.analytics.send(new StopApplicationCommand({ ...asked, Force: true }));
    await settled(at, 'for the application to stop');
  }
  const found = await ifThere(at.analytics.send(new DescribeApplicationCommand(asked)));
  const created = found?.ApplicationDetail?.CreateTimestamp;
  if (created === undefined) return;
  if (found?.ApplicationDetail?.ApplicationStatus !== 'DELETING') {
    await ifThere(at.analytics.send(new DeleteApplicationCommand({ ...asked, CreateTimestamp: created })));
  }
  await until(at, 'for the application to be gone', PATIENCE.maxWaitTime, async () =>
    (await statusOf(at)) === undefined ? true : undefined,
  );
}

/** The status once it is one that lasts; undefined when there is no application any more. */
async function settled(at: Workbench, what: string): Promise<string | undefined> {
  const lasting = await until(at, what, 2 * PATIENCE.maxWaitTime, async () => {
    const status = await statusOf(at);
    return status === undefined || status === 'READY' || status === 'RUNNING' ? { status } : undefined;
  });
  return lasting === undefined ? await statusOf(at) : lasting.status;
}

async function statusOf(at: Workbench): Promise<string | undefined> {
  const asked = new DescribeApplicationCommand({ ApplicationName: at.names.application });
  return (await ifThere(at.analytics.send(asked)))?.ApplicationDetail?.ApplicationStatus;
}

/** @throws WildRydesError NOT_FOUND when the Jar is not built: that takes Maven, and minutes */
async function uploadJar(at: Workbench, bucket: string): Promise<void> {
  const object = { Bucket: bucket, Key: JAR };
  if ((await ifThere(at.s3.send(new HeadObjectCommand(object)))) !== undefined) return;
  const path = join(PROJECT_ROOT, 'aggregation', 'flink', 'target', JAR);
  if (!existsSync(path)) {
    throw new WildRydesError('NOT_FOUND', `the application's Jar is not built (looked at ${path})`, {
      next: 'mvn -q -f aggregation/flink/pom.xml package',
    });
  }
  const { region } = at.target;
  // Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: us-east-1 must not be named.
  const place =
    region === 'us-east-1'
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
  try {
    await at.s3.send(new CreateBucketCommand({ Bucket: bucket, ...place }));
  } catch (error) {
    if ((error as Error).name !== 'BucketAlreadyOwnedByYou') throw error;
  }
  await at.s3.send(
    new PutObjectCommand({ ...object, Body: createReadStream(path), ContentLength: statSync(path).size }),
  );
}

async function removeBucket(at: Workbench, bucket: string): Promise<void> {
  const asked = { Bucket: bucket };
  const keys = await ifThere(keysIn(at, bucket));
  if (keys === undefined) return;
  for (const Key of keys) await at.s3.send(new DeleteObjectCommand({ ...asked, Key }));
  await ifThere(at.s3.send(new DeleteBucketCommand(asked)));
}

async function keysIn(at: Workbench, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client: at.s3 }, { Bucket: bucket })) {
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
  }
  return keys;
}
