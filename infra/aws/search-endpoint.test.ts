import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { WildRydesError } from '../../telemetry/errors.ts';
import { KitStack } from './kit-stack.ts';
import { existingSearch } from './search-endpoint.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { deployed } from './testing.ts';

const stack = new KitStack(new App(), 'Search', 'endpoints', { ...DEFAULT_SETTINGS, stacks: [] });
const ARN = 'arn:aws:es:eu-central-1:210987654321:domain/theirs';

/** As the account 123456789012 has it. */
function placeOf(endpoint: string, arn?: string) {
  return deployed(stack.resolve(existingSearch(stack, endpoint, arn)));
}

test.each([
  ['search-rides-a1b2c3.us-west-2.es.amazonaws.com', 'us-west-2:123456789012:domain/rides'],
  // Names may have dashes and digits, as ids have digits.
  ['search-old-rides-2-a1b2c3.eu-central-1.es.amazonaws.com', 'eu-central-1:123456789012:domain/old-rides-2'],
  ['search-search-me-a1b2c3.us-west-2.es.amazonaws.com', 'us-west-2:123456789012:domain/search-me'],
  ['search-rides-a1b2c3.aos.us-west-2.on.aws', 'us-west-2:123456789012:domain/rides'],
  ['search-rides-a1b2c3.cn-north-1.es.amazonaws.com.cn', 'cn-north-1:123456789012:domain/rides'],
])('%s tells its ARN', (host, arn) => {
  expect(placeOf(`https://${host}/`)).toEqual({ endpoint: `https://${host}`, arn: `arn:aws:es:${arn}` });
});

test('an ARN that is given counts, whatever the host is called', () => {
  expect(placeOf('https://search.example.com', ARN)).toEqual({
    endpoint: 'https://search.example.com',
    arn: ARN,
  });
  const named = 'https://search-rides-a1b2c3.us-west-2.es.amazonaws.com';
  expect(placeOf(named, ARN)).toEqual({ endpoint: named, arn: ARN });
  expect(placeOf('http://127.0.0.1:9200', ARN)).toEqual({ endpoint: 'http://127.0.0.1:9200', arn: ARN });
});

test.each([
  ['search.example.com', ARN, 'be an https URL'],
  ['http://search-rides-a1b2c3.us-west-2.es.amazonaws.com', undefined, 'be an https URL'],
  ['http://search.example.com', ARN, 'be an https URL'],
  ['https://search-rides-a1b2c3.us-west-2.es.amazonaws.com/_dashboards', undefined, 'end with its host'],
  ['https://search-rides-a1b2c3.us-west-2.es.amazonaws.com/?pretty', undefined, 'end with its host'],
  ['https://vpc-rides-a1b2c3.us-west-2.es.amazonaws.com', undefined, 'be outside of a VPC'],
  ['https://a1b2c3.us-west-2.aoss.amazonaws.com', undefined, 'not of a serverless collection'],
  ['https://search.example.com', undefined, "come with the domain's ARN"],
  ['http://127.0.0.1:9200', undefined, "come with the domain's ARN"],
  // A host that only looks like one of AWS.
  [
    'https://search-rides-a1b2c3.us-west-2.es.amazonaws.com.example.com',
    undefined,
    "come with the domain's ARN",
  ],
])('%s is refused', (endpoint, arn, demand) => {
  const refusal = thrownBy(() => existingSearch(stack, endpoint, arn));
  expect(refusal.message).toContain(demand);
  expect(refusal.message).toContain(`(given ${endpoint}`);
  expect(refusal.next).not.toBe(undefined);
});

test('a password is refused, and not shown', () => {
  const refusal = thrownBy(() => existingSearch(stack, 'https://me:secret@search.example.com', ARN));
  expect(refusal.message).toContain('hold no user and no password');
  expect(`${refusal.message} ${refusal.next}`).not.toContain('secret');
});

test.each([
  'rides',
  'arn:aws:es:us-west-2:123456789012:domain/*',
  'arn:aws:aoss:us-west-2:123456789012:collection/x',
])('the ARN %s is refused', (arn) => {
  const refusal = thrownBy(() => existingSearch(stack, 'https://search.example.com', arn));
  expect(refusal.message).toContain(`(given ${arn})`);
});

function thrownBy(call: () => unknown): WildRydesError {
  try {
    call();
  } catch (error) {
    if (error instanceof WildRydesError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
