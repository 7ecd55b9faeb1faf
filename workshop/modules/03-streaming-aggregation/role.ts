import { DescribeApplicationCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { ifThere } from '../../check/missing.ts';
import { roleNamed, type Statement, trusts } from '../../check/roles.ts';
import { activeStream } from '../../check/streams.ts';
import { couldNotCheck, notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { BESIDES, READ_CODE, SERVICE, type Use, usesOf } from './permissions.ts';

interface PlacedUse extends Use {
  readonly arn: string;
}

/**
 * The service may work as the application's role, and the role may do what the job does, and no more. What it is called
 * matters as long as there is no application that works as it: then there is no other way to find it.
 */
export async function checkRole(at: Workbench): Promise<Passed> {
  return judgeRole(at, (await applicationRoleOf(at)) ?? at.names.applicationRole);
}

/** The name of the role that the application works as; undefined when there is no application. */
async function applicationRoleOf(at: Workbench): Promise<string | undefined> {
  const asked = new DescribeApplicationCommand({ ApplicationName: at.names.application });
  const found = await ifThere(at.analytics.send(asked));
  return found?.ApplicationDetail?.ServiceExecutionRole?.split('/').at(-1);
}

/** @throws Unmet for a role that the service may not assume, that allows too little, or too much */
export async function judgeRole(at: Workbench, name: string): Promise<Passed> {
  const looked = `the role ${name}`;
  const role = await roleNamed(at, name, { expected: `a role that ${SERVICE} may assume` });
  const uses: PlacedUse[] = [];
  for (const use of usesOf(at)) {
    const { StreamARN: arn = '' } = await activeStream(at, use.stream);
    uses.push({ ...use, arn });
  }
  const trusted = role.trust.flatMap(({ services }) => services);
  const stranger = trusted.find((service) => service !== SERVICE);
  if (!trusts(role, SERVICE) || stranger !== undefined) {
    throw wrong({
      looked: `the trust policy of the role ${name}`,
      found: trusts(role, SERVICE)
        ? `${stranger} may assume it too`
        : `${trusted.join(', ') || 'no service'} may assume it, and the service that runs the application may not`,
      expected: `${SERVICE} may assume it, and nobody else`,
      next: `aws iam update-assume-role-policy --role-name ${name} --policy-document file://my-rydes/03-streaming-aggregation/trust-policy.json`,
    });
  }
  insistOnInline(role.attached, name);
  const allowed = Object.values(role.inline)
    .flat()
    .filter(({ effect }) => effect === 'Allow');
  const put = `aws iam put-role-policy --role-name ${name} --policy-name aggregation --policy-document file://my-rydes/03-streaming-aggregation/role-policy.json`;
  if (allowed.length === 0) {
    throw notYet({ looked, found: 'it may do nothing', expected: expectation(uses), next: put });
  }
  const excess = excessIn(allowed, uses);
  if (excess !== undefined) {
    throw wrong({ looked, found: excess, expected: `${expectation(uses)}, and nothing else`, next: put });
  }
  const lack = lackIn(allowed, uses);
  if (lack !== undefined) throw wrong({ looked, found: lack, expected: expectation(uses), next: put });
  return passed(looked, `${SERVICE} may assume it; ${expectation(uses)}, and nothing else`);
}

function expectation(uses: readonly PlacedUse[]): string {
  return `it ${uses.map(({ does, stream }) => `${does} ${stream}`).join(', ')}`;
}

function insistOnInline(attached: readonly string[], name: string): void {
  const [arn] = attached;
  if (arn === undefined) return;
  const looked = `the policies attached to the role ${name}`;
  const next = `aws iam detach-role-policy --role-name ${name} --policy-arn ${arn}`;
  const expected = 'the permissions in a policy of its own, put by aws iam put-role-policy';
  // Those of AWS itself have no account.
  if (/^arn:[^:]+:iam::aws:/.test(arn)) {
    throw wrong({ looked, found: `${arn}, which is for all streams of the account`, expected, next });
  }
  throw couldNotCheck({ looked, found: `${arn}, which is not read here`, expected, next });
}

/** What is allowed and should not be. */
function excessIn(statements: readonly Statement[], uses: readonly PlacedUse[]): string | undefined {
  for (const { actions, resources, inverted } of statements) {
    if (inverted) return 'a statement says what it is not for, and allows all the rest';
    for (const action of actions) {
      const wide = action.includes('*');
      if (wide || !/^kinesis:/i.test(action)) {
        if (BESIDES.some((each) => each.test(action))) continue;
        return wide
          ? `it allows ${action} on ${resources.join(', ')}: more than it does`
          : `it allows ${action}, which the application has no use for`;
      }
      for (const resource of resources) {
        const use = uses.find(({ arn }) => arn === resource);
        if (resource.includes('*')) return `it allows ${action} on ${resource}: on other streams too`;
        if (use === undefined) return `it allows ${action} on ${resource}, which is none of its streams`;
        if (![...use.needed, ...use.harmless].some((each) => same(each, action))) {
          return `it allows ${action} on ${use.stream}, which it only ${use.does}`;
        }
      }
    }
  }
  return undefined;
}

/** What is needed and not allowed. */
function lackIn(statements: readonly Statement[], uses: readonly PlacedUse[]): string | undefined {
  for (const { arn, stream, needed } of uses) {
    const lacking = needed.filter((action) => !allows(statements, action, arn));
    if (lacking.length > 0) return `it does not allow ${lacking.join(', ')} on ${stream}`;
  }
  if (statements.some(({ actions }) => actions.some((action) => same(action, READ_CODE)))) return undefined;
  return `it does not allow ${READ_CODE} on the application's code`;
}

function allows(statements: readonly Statement[], action: string, arn: string): boolean {
  return statements.some(
    ({ actions, resources }) => actions.some((each) => same(each, action)) && resources.includes(arn),
  );
}

/** Actions are the same in any case. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
