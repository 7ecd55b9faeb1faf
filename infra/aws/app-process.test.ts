import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command, temporaryFolder } from '../../test/kit.ts';
import { builtFile } from '../project.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { SETTINGS_VARIABLE, settingsJson } from './settings-json.ts';

/** The app as `cdk` runs it: a process of its own, without credentials. */
async function synthesized(settings: string) {
  const folder = temporaryFolder();
  const finished = await command(process.execPath, [builtFile('infra/aws/app')], {
    [SETTINGS_VARIABLE]: settings,
    CDK_OUTDIR: folder,
  }).finished;
  return { ...finished, folder };
}

describe('the app in a process of its own', () => {
  test('makes a template of each stack that is wanted, and of what it stands on', async () => {
    const { status, stderr, folder } = await synthesized(
      settingsJson({ ...DEFAULT_SETTINGS, prefix: 'alice-', stacks: ['Processing'], shards: 3 }),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
    expect(templates.sort()).toEqual([
      'alice-wildrydes-Processing.template.json',
      'alice-wildrydes-Streaming.template.json',
    ]);
    const { Resources } = JSON.parse(
      readFileSync(join(folder, 'alice-wildrydes-Streaming.template.json'), 'utf8'),
    ) as { Resources: Record<string, { Type: string; Properties: { ShardCount?: number } }> };
    const streams = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Kinesis::Stream');
    expect(streams.map(({ Properties }) => Properties.ShardCount)).toEqual([3, 3, 3]);
  });

  test('says what is wrong with its settings', async () => {
    const { status, stderr } = await synthesized('{"stacks":["Nonsense"]}');
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('Nonsense') });
    expect(stderr.split('\n')).toHaveLength(2);
  });
});
