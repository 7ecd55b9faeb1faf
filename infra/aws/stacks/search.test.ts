import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { arnOf, deployed, statements, templateOf } from '../testing.ts';

const PREFIX = { prefix: 'alice-' } as const;
const ENDPOINT = 'https://search-old-rides-a1b2c3.us-west-2.es.amazonaws.com';
const QUARANTINED = 's3:PutObject on alice-wildrydes-quarantine-123456789012-us-west-2/quarantine/*';
const READS_STREAM =
  'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards';
const READS_CHANGES = 'dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator';

/** Under alice's prefix: where the templates of her own indices are put. */
const TEMPLATES = ['readings', 'summaries', 'access-logs'].map(
  (kind) => `_index_template/alice-wildrydes-${kind}`,
);

const own = templateOf('Search', PREFIX);
const existing = templateOf('Search', { ...PREFIX, searchEndpoint: ENDPOINT });
const bob = templateOf('Search', { prefix: 'bob-' });
const processing = templateOf('Processing', PREFIX);

/** What the template asks Systems Manager for, but for what CDK itself asks. */
function parametersOf(template: typeof own): [string, string][] {
  return Object.entries(template.toJSON().Parameters as Record<string, { Default: string }>)
    .filter(([name]) => name !== 'BootstrapVersion')
    .map(([name, { Default }]) => [name, Default]);
}

describe("the search's domain", () => {
  test('is one small node, encrypted, and goes with the stack', () => {
    own.hasResource('AWS::OpenSearchService::Domain', {
      DeletionPolicy: 'Delete',
      UpdatePolicy: { EnableVersionUpgrade: true },
      Properties: {
        DomainName: 'alice-wildrydes',
        EngineVersion: 'OpenSearch_2.19',
        ClusterConfig: {
          InstanceType: 't3.small.search',
          InstanceCount: 1,
          DedicatedMasterEnabled: false,
          ZoneAwarenessEnabled: false,
          MultiAZWithStandbyEnabled: false,
        },
        EBSOptions: { EBSEnabled: true, VolumeType: 'gp3', VolumeSize: 10 },
        EncryptionAtRestOptions: { Enabled: true },
        NodeToNodeEncryptionOptions: { Enabled: true },
        DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
      },
    });
  });

  test("lets in the three functions' roles, and nobody else", () => {
    const [domain] = Object.values(own.findResources('AWS::OpenSearchService::Domain'));
    const policy = deployed(domain?.Properties.AccessPolicies);
    const roles = Object.keys(own.findResources('AWS::IAM::Role'));
    expect(roles).toHaveLength(3);
    const roleOf = (name: string) => `{${roles.find((role) => role.startsWith(name))}.Arn}`;
    const logs = roleOf('WildRydesLogIndexer');
    const table = roleOf('WildRydesTableIndexer');
    const all = [roleOf('WildRydesStreamIndexer'), table, logs];
    const statement = (AWS: readonly string[], method: string, ...paths: readonly string[]) => ({
      Effect: 'Allow',
      Principal: { AWS },
      Action: [`es:ESHttp${method}`],
      Resource: paths.map((path) => `arn:aws:es:us-west-2:123456789012:domain/alice-wildrydes/${path}`),
    });
    expect(policy).toEqual({
      Version: '2012-10-17',
      Statement: [
        statement(all, 'Post', '_bulk'),
        statement(all, 'Put', ...TEMPLATES),
        statement([table], 'Put', '_index_template/wildrydes-table-alice-*'),
        statement([logs], 'Post', 'alice-access-logs/_refresh'),
        statement([logs], 'Post', 'alice-access-logs/_delete_by_query'),
      ],
    });
  });

  test('writes its logs, which let this domain alone write, and are kept for a week', () => {
    const [domain] = Object.values(own.findResources('AWS::OpenSearchService::Domain'));
    const logs = Object.entries({
      ES_APPLICATION_LOGS: 'application-logs',
      SEARCH_SLOW_LOGS: 'search-slow-logs',
      INDEX_SLOW_LOGS: 'index-slow-logs',
    });
    expect(Object.keys(domain?.Properties.LogPublishingOptions)).toEqual(logs.map(([type]) => type));
    for (const [type, log] of logs) {
      const name = `/aws/OpenSearchService/domains/alice-wildrydes/${log}`;
      const groups = own.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: name } });
      const [[id, group] = []] = Object.entries(groups);
      expect(domain?.Properties.LogPublishingOptions[type]).toEqual({
        Enabled: true,
        CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': [id, 'Arn'] },
      });
      expect(group).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
      expect(deployed(group?.Properties.ResourcePolicyDocument)).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'es.amazonaws.com' },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: [`arn:aws:logs:us-west-2:123456789012:log-group:${name}:*`],
            Condition: {
              StringEquals: { 'aws:SourceAccount': '123456789012' },
              ArnEquals: { 'aws:SourceArn': 'arn:aws:es:us-west-2:123456789012:domain/alice-wildrydes' },
            },
          },
        ],
      });
    }
  });

  test('is told to people, and to no other stack', () => {
    const [domain] = Object.keys(own.findResources('AWS::OpenSearchService::Domain'));
    const outputs = Object.values(own.toJSON().Outputs as Record<string, object>);
    expect(outputs.map(deployed)).toEqual([
      { Description: 'URL of the search', Value: `https://{${domain}.DomainEndpoint}` },
    ]);
  });

  test('has another name under another prefix, as all else that an account knows by its name', () => {
    const names = (template: typeof own) =>
      Object.values(template.toJSON().Resources as Record<string, { Properties: Record<string, unknown> }>)
        .flatMap(({ Properties }) =>
          ['DomainName', 'FunctionName', 'LogGroupName'].map((key) => Properties[key]),
        )
        .filter((name) => typeof name === 'string');
    expect(names(own)).toHaveLength(1 + 3 + 6);
    expect(names(own).filter((name) => names(bob).includes(name))).toEqual([]);
  });

  test('cannot be named with a prefix that is too long, and says so', () => {
    expect(() => templateOf('Search', { prefix: 'participant-number-1-' })).toThrow(
      /28 lower-case letters.*\(given participant-number-1-wildrydes\)/,
    );
  });
});

describe("the search's functions", () => {
  test('write to the domain with signed requests', () => {
    const [domain] = Object.keys(own.findResources('AWS::OpenSearchService::Domain'));
    const functions = Object.values(own.findResources('AWS::Lambda::Function'));
    expect(functions.map(({ Properties }) => Properties.FunctionName)).toEqual([
      'alice-WildRydesStreamIndexer',
      'alice-WildRydesTableIndexer',
      'alice-WildRydesLogIndexer',
    ]);
    for (const { Properties } of functions) {
      expect(deployed(Properties.Environment.Variables)).toMatchObject({
        OPENSEARCH_ENDPOINT: `https://{${domain}.DomainEndpoint}`,
        OPENSEARCH_SIGNING: 'es',
        QUARANTINE_BUCKET: 'alice-wildrydes-quarantine-123456789012-us-west-2',
      });
    }
  });

  test('read the readings', () => {
    own.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf('kinesis', 'stream/alice-wildrydes'),
      BatchSize: 500,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 72_000,
    });
  });

  test("read the table's changes where its own stack wrote down that they are", () => {
    const [[parameter, name] = []] = parametersOf(own);
    expect(parametersOf(own)).toHaveLength(1);
    own.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { Ref: parameter },
      BatchSize: 100,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const [table] = Object.keys(processing.findResources('AWS::DynamoDB::Table'));
    processing.hasResourceProperties('AWS::SSM::Parameter', {
      Name: name,
      Value: { 'Fn::GetAtt': [table, 'StreamArn'] },
    });
    expect(name).toBe('/wildrydes/alice-UnicornSensorData/changes');
  });

  test('are called by the uploads of this account, and tell what they gave up', () => {
    own.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 's3.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      FunctionName: { Ref: Match.stringLikeRegexp('^WildRydesLogIndexer') },
    });
    own.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('^WildRydesLogIndexer') },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: arnOf('sns', 'alice-wildrydes-operations') } },
    });
  });

  test('write logs into an index of this prefix, for others may have theirs in the same domain', () => {
    existing.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'alice-WildRydesLogIndexer',
      Environment: { Variables: Match.objectLike({ OPENSEARCH_INDEX: 'alice-access-logs' }) },
    });
    templateOf('Search').hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'WildRydesLogIndexer',
      Environment: { Variables: Match.objectLike({ OPENSEARCH_INDEX: 'access-logs' }) },
    });
  });

  test('are allowed exactly this', () => {
    const [[parameter] = []] = parametersOf(own);
    const each = [
      'es:ESHttpPost on domain/alice-wildrydes/_bulk',
      ...TEMPLATES.map((path) => `es:ESHttpPut on domain/alice-wildrydes/${path}`),
      'logs:CreateLogStream logs:PutLogEvents on its log',
      QUARANTINED,
      'sns:Publish on alice-wildrydes-operations',
    ];
    expect(statements(own)).toEqual(
      [
        ...each,
        ...each,
        ...each,
        `${READS_STREAM} on stream/alice-wildrydes`,
        'kinesis:ListStreams on *',
        'es:ESHttpPut on domain/alice-wildrydes/_index_template/wildrydes-table-alice-*',
        'es:ESHttpPost on domain/alice-wildrydes/alice-access-logs/_refresh',
        'es:ESHttpPost on domain/alice-wildrydes/alice-access-logs/_delete_by_query',
        'dynamodb:DescribeTable on table/alice-UnicornSensorData',
        `${READS_CHANGES} on {${parameter}}`,
        'dynamodb:ListStreams on *',
        's3:GetObject on alice-wildrydes-uploads-123456789012-us-west-2/*',
        's3:ListBucket on alice-wildrydes-uploads-123456789012-us-west-2',
      ].sort(),
    );
  });
});

describe('with a domain that exists', () => {
  test('there is none of our own, and nothing that one needs', () => {
    existing.resourceCountIs('AWS::OpenSearchService::Domain', 0);
    existing.resourceCountIs('AWS::Logs::LogGroup', 3);
    expect(existing.toJSON().Outputs).toBeUndefined();
  });

  test('the functions write there, and may write nowhere else', () => {
    existing.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ OPENSEARCH_ENDPOINT: ENDPOINT, OPENSEARCH_SIGNING: 'es' }),
      },
    });
    const onDomains = statements(existing).filter((statement) => statement.startsWith('es:'));
    expect(new Set(onDomains)).toEqual(
      new Set([
        'es:ESHttpPost on domain/old-rides/_bulk',
        'es:ESHttpPost on domain/old-rides/alice-access-logs/_refresh',
        'es:ESHttpPost on domain/old-rides/alice-access-logs/_delete_by_query',
        ...TEMPLATES.map((path) => `es:ESHttpPut on domain/old-rides/${path}`),
        'es:ESHttpPut on domain/old-rides/_index_template/wildrydes-table-alice-*',
      ]),
    );
  });
});

test('nothing of it is a function of CDK’s own', () => {
  for (const template of [own, existing]) {
    template.resourceCountIs('AWS::Lambda::Function', 3);
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>);
    expect(types.filter(({ Type }) => Type.startsWith('Custom::') || /CustomResource/.test(Type))).toEqual(
      [],
    );
  }
});
