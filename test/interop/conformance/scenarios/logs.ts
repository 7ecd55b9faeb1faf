import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario } from '../scenario.ts';

const GROUP = { logGroupName: '/rides/test' };
const STREAM = { ...GROUP, logStreamName: 'first' };
const NO_GROUP = /^The specified log group does not exist\.$/;
const NO_STREAM = /^The specified log stream does not exist\.$/;
const NOW = Date.now();
const events = ['START Rocinante', 'ERROR out of magic 🦄', 'END'].map((message, n) => ({
  timestamp: NOW - 1000 + n,
  message,
}));
const made = [answers('logs.CreateLogGroup', GROUP), answers('logs.CreateLogStream', STREAM)];
const gone = answers('logs.DeleteLogGroup', GROUP);

/** Log groups, their streams and events. */
export const LOGS: readonly Scenario[] = [
  {
    title: 'events are put, read and filtered',
    steps: [
      ...made,
      answers('logs.PutLogEvents', { ...STREAM, logEvents: events }, {}),
      answers(
        'logs.DescribeLogStreams',
        { ...GROUP, orderBy: 'LastEventTime', descending: true },
        {
          logStreams: [
            {
              logStreamName: 'first',
              arn: matching(/^arn:aws:logs:us-east-1:\d{12}:log-group:\/rides\/test:log-stream:first$/),
              creationTime: expect.any(Number),
              firstEventTimestamp: events[0]?.timestamp,
              lastEventTimestamp: events[2]?.timestamp,
            },
          ],
        },
        { eventually: true },
      ),
      answers(
        'logs.GetLogEvents',
        { ...STREAM, startFromHead: true, limit: 2 },
        {
          events: [events[0], events[1]],
          nextForwardToken: expect.any(String),
          nextBackwardToken: expect.any(String),
        },
        { as: 'page', eventually: true },
      ),
      answers(
        'logs.GetLogEvents',
        { ...STREAM, startFromHead: true, nextToken: from('page.nextForwardToken') },
        { events: [events[2]] },
        { as: 'last' },
      ),
      answers(
        'logs.GetLogEvents',
        { ...STREAM, startFromHead: true, nextToken: from('last.nextForwardToken') },
        { events: [], nextForwardToken: from('last.nextForwardToken') },
      ),
      answers(
        'logs.FilterLogEvents',
        { ...GROUP, filterPattern: 'ERROR' },
        { events: [{ ...events[1], logStreamName: 'first', eventId: expect.any(String) }] },
        { eventually: true },
      ),
      answers(
        'logs.FilterLogEvents',
        { ...GROUP, filterPattern: '"out of magic" -START' },
        { events: [events[1]] },
      ),
      answers('logs.DeleteLogStream', STREAM),
      refuses('logs.GetLogEvents', STREAM, 'ResourceNotFoundException', NO_STREAM),
      gone,
    ],
  },
  {
    title: 'a log group is described, kept for a time, tagged and deleted',
    steps: [
      ...made,
      answers('logs.PutRetentionPolicy', { ...GROUP, retentionInDays: 7 }),
      answers(
        'logs.DescribeLogGroups',
        { logGroupNamePrefix: '/rides/' },
        {
          logGroups: [
            {
              ...GROUP,
              retentionInDays: 7,
              arn: matching(/^arn:aws:logs:us-east-1:\d{12}:log-group:\/rides\/test:\*$/),
              logGroupArn: matching(/:log-group:\/rides\/test$/),
              logGroupClass: 'STANDARD',
            },
          ],
        },
        { as: 'described' },
      ),
      answers('logs.DeleteRetentionPolicy', GROUP),
      answers(
        'logs.DescribeLogGroups',
        { logGroupNamePrefix: '/rides/' },
        { logGroups: [expect.not.objectContaining({ retentionInDays: expect.anything() })] },
      ),
      answers('logs.TagResource', {
        resourceArn: from('described.logGroups.0.logGroupArn'),
        tags: { stage: 'test' },
      }),
      answers(
        'logs.ListTagsForResource',
        { resourceArn: from('described.logGroups.0.logGroupArn') },
        { tags: { stage: 'test' } },
      ),
      answers('logs.UntagResource', {
        resourceArn: from('described.logGroups.0.logGroupArn'),
        tagKeys: ['stage'],
      }),
      gone,
      refuses('logs.DescribeLogStreams', GROUP, 'ResourceNotFoundException', NO_GROUP),
    ],
  },
  {
    title: 'what is wrong with groups, streams and events is told',
    steps: [
      refuses('logs.CreateLogStream', STREAM, 'ResourceNotFoundException', NO_GROUP),
      refuses('logs.DeleteLogGroup', GROUP, 'ResourceNotFoundException', NO_GROUP),
      ...made,
      refuses(
        'logs.CreateLogGroup',
        GROUP,
        'ResourceAlreadyExistsException',
        /^The specified log group already exists$/,
      ),
      refuses(
        'logs.CreateLogStream',
        STREAM,
        'ResourceAlreadyExistsException',
        /^The specified log stream already exists$/,
      ),
      refuses(
        'logs.PutLogEvents',
        { ...GROUP, logStreamName: 'none', logEvents: events },
        'ResourceNotFoundException',
        NO_STREAM,
      ),
      refuses(
        'logs.PutLogEvents',
        { ...STREAM, logEvents: [...events].reverse() },
        'InvalidParameterException',
        /chronological order/,
      ),
      refuses(
        'logs.PutRetentionPolicy',
        { ...GROUP, retentionInDays: 2 },
        'InvalidParameterException',
        /retention/i,
      ),
      refuses(
        'logs.CreateLogGroup',
        { logGroupName: 'not a name' },
        'InvalidParameterException',
        /logGroupName/,
      ),
      refuses(
        'logs.StartQuery',
        { ...GROUP, startTime: 0, endTime: 1, queryString: 'fields @message' },
        'UnknownOperationException',
        /StartQuery/,
      ),
      gone,
    ],
  },
];
