import { expect, it } from 'vitest';
import { createMemory } from './memory.ts';

const of = (instant: number) => ({ state: undefined, instant });

it('knows a unicorn as long as its readings follow one another', () => {
  const memory = createMemory(10);
  memory.remember('Rocinante', of(10_000));
  expect(memory.recall('Rocinante', 11_000)).toEqual(of(10_000));
  expect(memory.recall('Rocinante', 11_500)).toBeDefined();
  expect(memory.recall('Rocinante', 12_000)).toBeUndefined();
  expect(memory.recall('Rocinante', 8_000)).toBeUndefined();
  expect(memory.recall('Bucephalus', 11_000)).toBeUndefined();
  memory.forget('Rocinante');
  expect(memory.recall('Rocinante', 11_000)).toBeUndefined();
});

it('forgets the one not seen for longest when there are too many', () => {
  const memory = createMemory(2);
  memory.remember('first', of(0));
  memory.remember('second', of(0));
  memory.remember('first', of(1000));
  memory.remember('third', of(0));
  const known = ['first', 'second', 'third'].filter((name) => memory.recall(name, 1000) !== undefined);
  expect(known).toEqual(['first', 'third']);
});

it('takes what is no longer pending for granted, unless someone else moved the unicorn on', () => {
  const memory = createMemory(10);
  const state = { vitals: {}, sequenceNumber: '7', pending: ['a', 'b'] };
  memory.remember('Rocinante', { state, instant: 10_000 });
  memory.amend('Rocinante', { ...state, pending: ['b'] });
  expect(memory.recall('Rocinante', 11_000)).toEqual({
    state: { ...state, pending: ['b'] },
    instant: 10_000,
  });
  memory.amend('Rocinante', { ...state, sequenceNumber: '8' });
  expect(memory.recall('Rocinante', 11_000)).toBeUndefined();
  memory.amend('Bucephalus', state);
  expect(memory.recall('Bucephalus', 11_000)).toBeUndefined();
});
