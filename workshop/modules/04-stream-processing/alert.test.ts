import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mappingsOf } from '../../check/functions.ts';
import { runCheck } from '../../guide/run-check.ts';
import { ensureStream } from '../../install/streams.ts';
import { pack } from '../../pack.ts';
import { workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { installAlert } from './alert-install.ts';
import { alertStep } from './alert-step.ts';

const check = (at: Workbench) => runCheck(alertStep, at);

test('it passes with the solution', async () => {
  const at = await workshopCloud();
  await ensureStream(at, at.names.readings);
  await installAlert(at);
  const t = Date.now();
  expect(await check(at)).toMatchObject({ verdict: 'passed' });
  console.log('check took', Date.now() - t);
});
