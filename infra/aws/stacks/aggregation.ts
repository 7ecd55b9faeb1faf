import type { App } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnApplication, CfnApplicationCloudWatchLoggingOption } from 'aws-cdk-lib/aws-kinesisanalyticsv2';
import { LogGroup, LogStream, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { STREAMS } from '../../../telemetry/topology.ts';
import { OWN_APPLICATION } from '../../aggregation-engine.ts';
import { GONE_WITH_STACK, KitStack } from '../kit-stack.ts';
import { placeholderJar } from '../placeholder-jar.ts';
import { allow, policyOf } from '../policy.ts';
import type { Settings } from '../settings.ts';

/** The property groups that name streams, as AWS's own examples call them. */
const STREAM_GROUPS = {
  InputStream0: STREAMS.readings,
  OutputStream0: STREAMS.summaries,
  QuarantineStream0: STREAMS.quarantine,
} as const;

/**
 * How often the job makes a checkpoint, milliseconds. A summary is sent with the checkpoint after its window has closed,
 * so that with the service's minute it would be as old again as what it sums up; with ten seconds it waits for five on
 * average. The state is an open minute, a few megabytes, which is written in far less. The pause is the service's own: a
 * checkpoint that takes long leaves the job time to work.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_CheckpointConfiguration.html
 */
const CHECKPOINTS = {
  configurationType: 'CUSTOM',
  checkpointingEnabled: true,
  checkpointInterval: 10_000,
  minPauseBetweenCheckpoints: 5_000,
} as const;

/** Name of the only stream in the application's log group: the service writes to one that it is told. */
const LOG_STREAM = 'application';

/**
 * The aggregation: an application of Managed Service for Apache Flink. CloudFormation makes it and does not start it:
 * `./wildrydes aggregation start` does, and an update goes on from a snapshot while it runs.
 */
export class AggregationStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Aggregation', "unicorns' minutes, by Apache Flink", settings);
    const applicationName = this.names.of(OWN_APPLICATION);
    const jar = new Asset(this, 'Jar', { path: settings.jar ?? placeholderJar() });
    const log = this.#log(applicationName);
    const role = this.#role(applicationName);
    allowCode(role, jar);
    allowLog(role, this, log);
    allowStreams(role, this);
    const application = this.#application(applicationName, role, jar);
    const logging = new CfnApplicationCloudWatchLoggingOption(this, 'Logging', {
      applicationName,
      cloudWatchLoggingOption: { logStreamArn: log.streamArn },
    });
    logging.addResourceDependency(application);
    logging.node.addDependency(log.stream);
  }

  #log(applicationName: string): ApplicationLog {
    const logGroupName = `/aws/kinesis-analytics/${applicationName}`;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName,
      retention: this.settings.logDays as RetentionDays,
      removalPolicy: GONE_WITH_STACK,
    });
    const stream = new LogStream(this, 'LogStream', {
      logGroup,
      logStreamName: LOG_STREAM,
      removalPolicy: GONE_WITH_STACK,
    });
    const groupArn = this.arns.logGroup(logGroupName);
    return { stream, groupArn, streamArn: `${groupArn}:log-stream:${LOG_STREAM}` };
  }

  /**
   * Taken on by the service for this application alone.
   * Source: https://docs.aws.amazon.com/managed-flink/latest/java/iam-cross-service-confused-deputy-prevention.html
   */
  #role(applicationName: string): Role {
    return new Role(this, 'ApplicationRole', {
      description: `What ${applicationName} may do`,
      assumedBy: new ServicePrincipal('kinesisanalytics.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnEquals: {
            'aws:SourceArn': this.formatArn({
              service: 'kinesisanalytics',
              resource: 'application',
              resourceName: applicationName,
            }),
          },
        },
      }),
    });
  }

  #application(applicationName: string, role: Role, jar: Asset): CfnApplication {
    const application = new CfnApplication(this, 'Application', {
      applicationName,
      applicationDescription: "Sums up each unicorn's readings by the minute",
      runtimeEnvironment: 'FLINK-2_2',
      serviceExecutionRole: role.roleArn,
      applicationConfiguration: {
        applicationCodeConfiguration: {
          codeContent: { s3ContentLocation: { bucketArn: jar.bucket.bucketArn, fileKey: jar.s3ObjectKey } },
          codeContentType: 'ZIPFILE',
        },
        applicationSnapshotConfiguration: { snapshotsEnabled: true },
        applicationSystemRollbackConfiguration: { rollbackEnabled: true },
        environmentProperties: { propertyGroups: this.#propertyGroups() },
        flinkApplicationConfiguration: {
          checkpointConfiguration: CHECKPOINTS,
          monitoringConfiguration: {
            configurationType: 'CUSTOM',
            metricsLevel: 'APPLICATION',
            logLevel: 'INFO',
          },
          // One KPU, and one more for the service's own work: the least there is. More is bought when asked for.
          parallelismConfiguration: {
            configurationType: 'CUSTOM',
            parallelism: 1,
            parallelismPerKpu: 1,
            autoScalingEnabled: false,
          },
        },
      },
    });
    // The service fetches the code in the role's name when the application is made.
    application.node.addDependency(policyOf(role));
    return application;
  }

  #propertyGroups(): CfnApplication.PropertyGroupProperty[] {
    return Object.entries(STREAM_GROUPS).map(([propertyGroupId, stream]) => ({
      propertyGroupId,
      propertyMap: { 'stream.name': this.names.of(stream), 'aws.region': this.region },
    }));
  }
}

interface ApplicationLog {
  readonly stream: LogStream;
  readonly groupArn: string;
  readonly streamArn: string;
}

function allowCode(role: Role, jar: Asset): void {
  allow(role, {
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: [`${jar.bucket.bucketArn}/${jar.s3ObjectKey}`],
    reason: "fetches the job's code, this one object",
  });
}

/**
 * What the service asks for to write an application's log. Metrics need nothing: it publishes them in its own name.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/java/examples-gs-scala-create-run-cli.html
 */
function allowLog(role: Role, stack: KitStack, { groupArn, streamArn }: ApplicationLog): void {
  allow(role, {
    actions: ['logs:DescribeLogGroups'],
    resources: [stack.arns.logGroup('*')],
    reason: 'looks for its log group, in a list of them: AWS judges it by all groups of account and region',
  });
  allow(role, {
    actions: ['logs:DescribeLogStreams'],
    resources: [`${groupArn}:log-stream:*`],
    reason: 'looks for its log stream, in the list of its own group',
  });
  allow(role, {
    actions: ['logs:PutLogEvents'],
    resources: [streamArn],
    reason: 'writes its own log',
  });
}

function allowStreams(role: Role, { arns }: KitStack): void {
  allow(role, {
    actions: [
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    ],
    resources: [arns.stream(STREAMS.readings)],
    reason: 'reads the readings',
  });
  allow(role, {
    actions: ['kinesis:PutRecords'],
    resources: [arns.stream(STREAMS.summaries), arns.stream(STREAMS.quarantine)],
    reason: 'writes summaries, and what is no reading',
  });
}
