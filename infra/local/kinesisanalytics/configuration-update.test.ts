import fc from 'fast-check';
import { expect, it } from 'vitest';
import { validate } from '../protocol/validation.ts';
import { newConfiguration } from './configuration.ts';
import { CONFIGURATION_UPDATE, updated } from './configuration-update.ts';
import { FLINK_DEFAULTS } from './shapes.ts';

const DEFAULTS = FLINK_DEFAULTS.ParallelismConfiguration!;

const settings = fc.record(
  {
    ConfigurationTypeUpdate: fc.constantFrom('DEFAULT', 'CUSTOM'),
    ParallelismUpdate: fc.integer({ min: 1, max: 64 }),
    ParallelismPerKPUUpdate: fc.integer({ min: 1, max: 8 }),
    AutoScalingEnabledUpdate: fc.boolean(),
  },
  { requiredKeys: [] },
);

it('a block that is CUSTOM has what was said last, one that is DEFAULT the defaults', () => {
  fc.assert(
    fc.property(fc.array(settings, { maxLength: 6 }), (updates) => {
      let configuration = newConfiguration('FLINK-2_2', 'arn:role', undefined);
      const model: Record<string, unknown> = { ConfigurationType: 'DEFAULT', ...DEFAULTS };
      for (const update of updates) {
        const body = {
          ApplicationConfigurationUpdate: {
            FlinkApplicationConfigurationUpdate: { ParallelismConfigurationUpdate: update },
          },
        };
        const before = configuration;
        configuration = updated(before, validate(CONFIGURATION_UPDATE, body));
        for (const [name, value] of Object.entries(update)) model[name.replace('Update', '')] = value;
        if (model.ConfigurationType === 'DEFAULT') Object.assign(model, DEFAULTS);
        expect(configuration.flink.ParallelismConfiguration).toEqual(model);
        const { flink: _, ...rest } = configuration;
        expect(before).toMatchObject(rest);
      }
    }),
  );
});
