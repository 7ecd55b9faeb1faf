import { DESTROYED, getAtt, join, ref, type Template } from '../template.ts';

const ENCRYPTION = { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;

/**
 * The streams, named by a prefix and exported by name: provisioned or on demand by a parameter, as a condition decides.
 */
export const streaming: Template = {
  Description: 'Streams of readings and summaries',
  Parameters: {
    Prefix: { Type: 'String' },
    Mode: { Type: 'String', Default: 'PROVISIONED', AllowedValues: ['PROVISIONED', 'ON_DEMAND'] },
  },
  Conditions: {
    Provisioned: { 'Fn::Equals': [ref('Mode'), 'PROVISIONED'] },
    OnDemand: { 'Fn::Not': [{ Condition: 'Provisioned' }] },
  },
  Resources: {
    Readings: {
      Type: 'AWS::Kinesis::Stream',
      Properties: {
        Name: join(ref('Prefix'), '-wildrydes'),
        RetentionPeriodHours: 48,
        ShardCount: { 'Fn::If': ['Provisioned', 2, ref('AWS::NoValue')] },
        StreamModeDetails: { StreamMode: ref('Mode') },
        StreamEncryption: ENCRYPTION,
        Tags: [{ Key: 'wildrydes:prefix', Value: ref('Prefix') }],
      },
      ...DESTROYED,
    },
    Summaries: {
      Type: 'AWS::Kinesis::Stream',
      Properties: {
        Name: join(ref('Prefix'), '-wildrydes-aggregated'),
        ShardCount: 1,
        StreamEncryption: ENCRYPTION,
      },
      ...DESTROYED,
    },
    Quarantine: {
      Type: 'AWS::Kinesis::Stream',
      Properties: { Name: join(ref('Prefix'), '-wildrydes-quarantine'), ShardCount: 1 },
      ...DESTROYED,
    },
    OnlyOnDemand: {
      Type: 'AWS::SNS::Topic',
      Condition: 'OnDemand',
    },
  },
  Outputs: {
    ReadingsName: { Value: ref('Readings') },
    SummariesArn: {
      Value: getAtt('Summaries', 'Arn'),
      Export: { Name: join(ref('Prefix'), ':SummariesArn') },
    },
    Absent: { Value: ref('OnlyOnDemand'), Condition: 'OnDemand' },
  },
};
