import { afterAll, beforeAll } from 'vitest';
import { describeConformance } from './conformance.ts';
import { type SearchDouble, startSearchDouble } from './double.ts';

let search: SearchDouble;

beforeAll(async () => {
  search = await startSearchDouble();
});

afterAll(() => search.close());

describeConformance(() => search.endpoint);
