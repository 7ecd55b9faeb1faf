import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createBatchHandler } from './batch-handler.ts';
import { kinesisEvent, kinesisRecord, sequenceNumber } from './fixture.ts';
import type { InvocationObserver } from './observer.ts';
import type { Settlement } from './settle.ts';

function recordingObserver() {
  const told: string[] = [];
  const observer: InvocationObserver = {
    begin: () => void told.push('begin'),
    end: () => void told.push('end'),
    info: (message) => void told.push(`info ${message}`),
    warn: (message, details) => void told.push(`warn ${message} ${JSON.stringify(details)}`),
    error: (message, details) => void told.push(`error ${message} ${JSON.stringify(details)}`),
    count: (metric, value) => void told.push(`${metric} ${value}`),
  };
  return { observer, told };
}

const event = kinesisEvent([kinesisRecord({ n: 0, data: 'the payload' })]);

describe('a batch handler', () => {
  it('counts every outcome, names the reasons, and answers', async () => {
    const { observer, told } = recordingObserver();
    const settlements: Settlement[] = [
      { sequenceNumber: sequenceNumber(1), outcome: 'handled' },
      { sequenceNumber: sequenceNumber(2), outcome: 'quarantined', reason: 'not JSON' },
      { sequenceNumber: sequenceNumber(3), outcome: 'failed', reason: 'throttled' },
    ];
    const answer = await createBatchHandler(observer, async () => settlements)(event, {} as Context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(3) }] });
    expect(told).toEqual([
      'begin',
      'Records 3',
      'Quarantined 1',
      'Failed 1',
      `warn quarantined a record {"sequenceNumber":"${sequenceNumber(2)}","reason":"not JSON"}`,
      `error records failed and will come again {"records":1,"from":"${sequenceNumber(3)}","reason":"throttled"}`,
      'end',
    ]);
  });

  it('names only so many quarantined records', async () => {
    const { observer, told } = recordingObserver();
    const settlements = Array.from({ length: 100 }, (_, n): Settlement => {
      return { sequenceNumber: sequenceNumber(n), outcome: 'quarantined', reason: 'not JSON' };
    });
    await createBatchHandler(observer, async () => settlements)(event, {} as Context);
    expect(told.filter((line) => line.startsWith('warn'))).toHaveLength(11);
    expect(told).toContain('warn quarantined more records {"records":90}');
  });

  it('fails the invocation with what went wrong, metrics published', async () => {
    const { observer, told } = recordingObserver();
    const handler = createBatchHandler(observer, async () => {
      throw new Error('out of the ordinary');
    });
    await expect(handler(event, {} as Context)).rejects.toThrow('out of the ordinary');
    expect(told).toEqual([
      'begin',
      'error the batch failed as a whole {"reason":"Error: out of the ordinary"}',
      'end',
    ]);
  });
});
