import { describe, expect, it } from 'vitest';
import { WildRydesError } from '../../telemetry/errors.ts';
import { alertRules } from './rules.ts';

describe('the rules', () => {
  it('are by default that magic is low below 50 and well at 55, and told again after five minutes', () => {
    const rules = {
      watches: [{ vital: 'magic', attribute: 'MagicPoints', below: 50, recovered: 55 }],
      stillFiringAfter: 300_000,
    };
    expect(alertRules({})).toEqual(rules);
    expect(
      alertRules({ MAGIC_BELOW: '', HEALTH_BELOW: '', HEALTH_RECOVERED: '', STILL_FIRING_AFTER: '' }),
    ).toEqual(rules);
  });

  it('are what the environment says', () => {
    const variables = {
      MAGIC_BELOW: '-3',
      MAGIC_RECOVERED: '-3',
      HEALTH_BELOW: '80',
      HEALTH_RECOVERED: '100',
      STILL_FIRING_AFTER: '0',
    };
    expect(alertRules(variables)).toEqual({
      watches: [
        { vital: 'magic', attribute: 'MagicPoints', below: -3, recovered: -3 },
        { vital: 'health', attribute: 'HealthPoints', below: 80, recovered: 100 },
      ],
      stillFiringAfter: 0,
    });
  });

  it('leave the usual margin above a threshold of one’s own', () => {
    const { watches } = alertRules({ MAGIC_BELOW: '100', HEALTH_BELOW: '2147483647' });
    expect(watches.map(({ recovered }) => recovered)).toEqual([105, 2_147_483_647]);
  });

  it.each([
    [{ MAGIC_BELOW: 'low' }, 'MAGIC_BELOW must be an integer from -2147483648 to 2147483647 (given "low")'],
    [{ MAGIC_BELOW: '49.5' }, 'MAGIC_BELOW must be an integer from -2147483648 to 2147483647 (given "49.5")'],
    [
      { MAGIC_BELOW: '2147483648' },
      'MAGIC_BELOW must be an integer from -2147483648 to 2147483647 (given "2147483648")',
    ],
    [
      { MAGIC_RECOVERED: '49' },
      'MAGIC_RECOVERED must be an integer from 50, below which an episode opens, to 2147483647 (given "49")',
    ],
    [
      { HEALTH_BELOW: '20', HEALTH_RECOVERED: '19' },
      'HEALTH_RECOVERED must be an integer from 20, below which an episode opens, to 2147483647 (given "19")',
    ],
    [
      { HEALTH_RECOVERED: '19' },
      'HEALTH_RECOVERED must come with HEALTH_BELOW (given HEALTH_RECOVERED=19 alone)',
    ],
    [{ STILL_FIRING_AFTER: '-1' }, 'STILL_FIRING_AFTER must be an integer from 0 to 86400 (given "-1")'],
    [{ STILL_FIRING_AFTER: '1e3' }, 'STILL_FIRING_AFTER must be an integer from 0 to 86400 (given "1e3")'],
  ])('are refused when they are %j', (variables, message) => {
    const reading = () => alertRules(variables);
    expect(reading).toThrow(WildRydesError);
    expect(reading).toThrow(expect.objectContaining({ code: 'USAGE', message, next: expect.any(String) }));
  });
});
