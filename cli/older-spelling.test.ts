import { expect, test } from 'vitest';
import { normaliseOlderSpelling } from './older-spelling.ts';

const cases: [string, string][] = [
  ['producer -region us-west-2 -name Rocinante', 'producer --region us-west-2 --name Rocinante'],
  ['producer -name=Rocinante', 'producer --name=Rocinante'],
  ['consumer -stream wildrydes-aggregated', 'consumer --stream wildrydes-aggregated'],
  ['producer --name Rocinante --count 5', 'producer --name Rocinante --count 5'],
  ['producer -h', 'producer -h'],
  ['producer --name -odd', 'producer --name=-odd'],
  ['producer -name -odd -count 3', 'producer --name=-odd --count 3'],
  ['producer --name -o --name -odder', 'producer --name=-o --name=-odder'],
  ['producer --name --count 5', 'producer --name --count 5'],
  ['producer --to - --count 5', 'producer --to - --count 5'],
  ['shell -c ls', 'shell -c ls'],
  ['producer -1', 'producer -1'],
  ['shell -- -name x', 'shell -- -name x'],
];

test.each(cases)('%s', (given, expected) => {
  expect(normaliseOlderSpelling(given.split(' '))).toEqual(expected.split(' '));
});
