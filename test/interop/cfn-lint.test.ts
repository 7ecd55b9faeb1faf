import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pipelineApp } from '../../infra/aws/pipeline-app.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../infra/aws/settings.ts';
import { STACK_NAMES } from '../../infra/aws/stack-names.ts';
import { CFN_LINT, pythonEnvironment } from './python.ts';

const SETTINGS: Readonly<Record<string, Partial<Settings>>> = {
  'as they are': {},
  'on demand, with a prefix and an address': {
    shards: 'on-demand',
    prefix: 'alice-',
    alertEmail: 'ops@example.com',
  },
  'with a search that exists': {
    searchEndpoint: 'https://search-rides-abc.us-west-2.es.amazonaws.com',
    shards: 4,
    logDays: 90,
  },
};

/** Rules that do not hold for these templates, each with its reason. */
const EXPLAINED: Readonly<Record<string, string>> = {
  W3005:
    'CDK has a function wait for its role as well as for the policy of the role, of which the role alone would be clear',
};

/** Regions that a workshop is held in: what a service offers differs between them. */
const REGIONS = ['us-east-1', 'us-west-2', 'eu-central-1', 'ap-southeast-2'] as const;

interface Finding {
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly unknown[] };
}

/** What cfn-lint says of templates, and how it ended: 0 if it has nothing to say. */
function lint(files: readonly string[]): {
  readonly status: number | null;
  readonly findings: readonly string[];
} {
  const program = join(pythonEnvironment(CFN_LINT), 'cfn-lint');
  const ignored = Object.keys(EXPLAINED).flatMap((rule) => ['--ignore-checks', rule]);
  const { status, stdout, stderr } = spawnSync(
    program,
    ['--format', 'json', '--regions', ...REGIONS, ...ignored, '--', ...files],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  const findings = JSON.parse(stdout) as readonly Finding[];
  return {
    status,
    findings: findings.map(
      ({ Level, Rule, Message, Location }) => `${Level} ${Rule.Id} at ${Location.Path.join('/')}: ${Message}`,
    ),
  };
}

describe('cfn-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-cfn-lint-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const [how, settings] of Object.entries(SETTINGS)) {
    test(`has nothing to say of the stacks ${how}`, () => {
      const outdir = join(folder, how.replaceAll(/\W+/g, '-'));
      mkdirSync(outdir);
      pipelineApp({ ...DEFAULT_SETTINGS, stacks: STACK_NAMES, ...settings }, { outdir }).synth();
      const templates = readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
      expect(templates.length).toBeGreaterThanOrEqual(5);
      expect(lint(templates.map((name) => join(outdir, name)))).toEqual({ status: 0, findings: [] });
    });
  }

  test('would say it if there were something', () => {
    const file = join(folder, 'wrong.json');
    const Properties = { Name: 'x', ShardCount: 'many' };
    writeFileSync(
      file,
      JSON.stringify({ Resources: { Stream: { Type: 'AWS::Kinesis::Stream', Properties } } }),
    );
    const { status, findings } = lint([file]);
    expect(status).not.toBe(0);
    expect(findings.join()).toContain("'many'");
  });
});
