import { describe, expect, it } from 'vitest';
import { redacted, searchSettings } from './settings.ts';

const settings = (endpoint: string, more: Record<string, string> = {}) =>
  searchSettings({ OPENSEARCH_ENDPOINT: endpoint, AWS_REGION: 'us-east-1', ...more });

describe('the settings of a search cluster', () => {
  it.each([
    ['https://search-rides-abc.us-east-1.es.amazonaws.com', 'es'],
    ['https://vpc-rides-abc.cn-north-1.es.amazonaws.com.cn/', 'es'],
    ['https://abc.us-east-1.aoss.amazonaws.com', 'aoss'],
    ['http://search-rides-abc.us-east-1.es.amazonaws.com', 'none'],
    ['https://es.amazonaws.com.example', 'none'],
    ['https://search-abc.us-east-1.es.amazonaws.com.example', 'none'],
    ['https://search.example', 'none'],
    ['http://127.0.0.1:9200', 'none'],
  ])('sign requests by the name of the host: %s %s', (endpoint, signing) => {
    expect(settings(endpoint)).toMatchObject({
      signing,
      refresh: 'false',
      region: signing === 'none' ? undefined : 'us-east-1',
    });
  });

  it('do as they are told', () => {
    const told = { OPENSEARCH_SIGNING: 'none', OPENSEARCH_REFRESH: 'wait_for' };
    expect(settings('https://x.us-east-1.es.amazonaws.com/', told)).toEqual({
      endpoint: 'https://x.us-east-1.es.amazonaws.com',
      signing: 'none',
      refresh: 'wait_for',
      region: undefined,
    });
    expect(settings('http://127.0.0.1:9200', { OPENSEARCH_SIGNING: 'aoss' }).signing).toBe('aoss');
  });

  it.each([
    [{ OPENSEARCH_REFRESH: 'now' }, 'OPENSEARCH_REFRESH must be one of false, true, wait_for (given now)'],
    [{ OPENSEARCH_SIGNING: 'v4' }, 'OPENSEARCH_SIGNING must be one of auto, es, aoss, none (given v4)'],
    [{ OPENSEARCH_SIGNING: 'es', AWS_REGION: '' }, 'the environment variable AWS_REGION must be set'],
    [{ OPENSEARCH_ENDPOINT: '' }, 'the environment variable OPENSEARCH_ENDPOINT must be set'],
    [{ OPENSEARCH_ENDPOINT: 'localhost:9200' }, 'OPENSEARCH_ENDPOINT must be an http or https URL'],
  ])('are refused: %j', (more, message) => {
    expect(() => settings('http://127.0.0.1:9200', more)).toThrow(message);
  });

  it('never show a password', () => {
    expect(redacted('https://me:secret@search.example/')).toBe('https://me:***@search.example');
    for (const endpoint of ['ftp://me:secret@host', 'me:secret@host', '//me:secret@host']) {
      expect(() => settings(endpoint)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('secret') }),
      );
    }
  });
});
