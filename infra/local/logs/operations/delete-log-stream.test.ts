import {
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture, START } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

describe('DeleteLogStream', () => {
  it('deletes a stream with its events', async () => {
    const { client, logs } = await fixture.openGroup('s');
    logs.write('g', 's', START, 'neigh');
    await client.send(new DeleteLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
    const get = new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' });
    await expect(client.send(get)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
    await client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
    expect((await client.send(get)).events).toEqual([]);
  });
});
