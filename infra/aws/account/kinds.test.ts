import { describe, expect, test } from 'vitest';
import { known, stackPage } from './kinds.ts';
import type { Place } from './place.ts';

const PLACE: Place = {
  account: '111122223333',
  region: 'eu-west-1',
  partition: 'aws',
  caller: 'arn:aws:iam::111122223333:user/alice',
  console: true,
};

const of = (type: string, id: string, place = PLACE) =>
  known({ stack: 'Streaming', type, id, status: 'CREATE_COMPLETE' }, place);

describe('a resource', () => {
  // As the pages of each service's identifiers have them: https://docs.aws.amazon.com/service-authorization/latest/reference/
  test.each([
    ['AWS::Kinesis::Stream', 'wildrydes', 'arn:aws:kinesis:eu-west-1:111122223333:stream/wildrydes'],
    ['AWS::Lambda::Function', 'F', 'arn:aws:lambda:eu-west-1:111122223333:function:F'],
    ['AWS::DynamoDB::Table', 'T', 'arn:aws:dynamodb:eu-west-1:111122223333:table/T'],
    ['AWS::S3::Bucket', 'b', 'arn:aws:s3:::b'],
    ['AWS::SNS::Topic', 'arn:aws:sns:eu-west-1:111122223333:t', 'arn:aws:sns:eu-west-1:111122223333:t'],
    [
      'AWS::KinesisAnalyticsV2::Application',
      'a',
      'arn:aws:kinesisanalytics:eu-west-1:111122223333:application/a',
    ],
    ['AWS::KinesisFirehose::DeliveryStream', 'd', 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/d'],
    ['AWS::OpenSearchService::Domain', 's', 'arn:aws:es:eu-west-1:111122223333:domain/s'],
    ['AWS::Logs::LogGroup', '/aws/lambda/F', 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/F'],
    ['AWS::CloudWatch::Alarm', 'w', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:w'],
    ['AWS::CloudWatch::Dashboard', 'x', 'arn:aws:cloudwatch::111122223333:dashboard/x'],
  ])('%s %s has the ARN %s', (type, id, arn) => {
    expect(of(type, id)?.arn).toBe(arn);
  });

  test('has a name, and a page in the console of its region and partition', () => {
    expect(of('AWS::SNS::Topic', 'arn:aws:sns:eu-west-1:111122223333:t')?.name).toBe('t');
    expect(of('AWS::Lambda::Function', 'F')?.link).toBe(
      'https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/F',
    );
    const inChina = { ...PLACE, partition: 'aws-cn', region: 'cn-north-1' };
    expect(of('AWS::S3::Bucket', 'b', inChina)).toMatchObject({
      arn: 'arn:aws-cn:s3:::b',
      link: 'https://cn-north-1.console.amazonaws.cn/s3/buckets/b?region=cn-north-1',
    });
    expect(stackPage('arn:aws:cloudformation:x:stack/n/1', PLACE)).toContain(
      'stackId=arn%3Aaws%3Acloudformation%3Ax%3Astack%2Fn%2F1',
    );
    expect(of('AWS::S3::Bucket', 'b', { ...PLACE, console: false })?.link).toBeNull();
  });

  test.each(['AWS::IAM::Role', 'AWS::Lambda::EventSourceMapping', 'toString'])(
    '%s is no thing of its own',
    (type) => {
      expect(of(type, 'x')).toBeUndefined();
    },
  );
});
