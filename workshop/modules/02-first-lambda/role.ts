import { type RoleFound, roleNamed, type Statement, trusts } from '../../check/roles.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

const LAMBDA = 'lambda.amazonaws.com';

/** The end of its ARN: what is before it names the partition, which is not `aws` everywhere. */
const NEEDED = ':policy/service-role/AWSLambdaKinesisExecutionRole';

/** A part of the one that is needed. */
const HARMLESS = ':policy/service-role/AWSLambdaBasicExecutionRole';

/**
 * What AWSLambdaKinesisExecutionRole allows, in small letters: IAM reads actions without regard to case.
 * Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaKinesisExecutionRole.html
 */
const ALLOWED = new Set([
  'kinesis:describestream',
  'kinesis:describestreamsummary',
  'kinesis:getrecords',
  'kinesis:getsharditerator',
  'kinesis:listshards',
  'kinesis:liststreams',
  'kinesis:subscribetoshard',
  'logs:createloggroup',
  'logs:createlogstream',
  'logs:putlogevents',
]);

/** Lambda, and nobody else, may assume it, to read streams and to write logs, and for nothing else. */
export async function checkRole(at: Workbench): Promise<Passed> {
  const role = await roleNamed(at, at.names.cliRole);
  const looked = `the role ${role.name}`;
  judgeTrust(role, looked);
  judgeBreadth(role, looked);
  if (!role.attached.some((arn) => arn.endsWith(NEEDED))) {
    throw notYet({
      looked,
      found:
        role.attached.length === 0
          ? 'no policy is attached to it'
          : `it may do no more than ${role.attached.map(nameOf).join(', ')} allows`,
      expected: 'AWSLambdaKinesisExecutionRole, with which Lambda may read streams and write logs',
      next: `aws iam attach-role-policy --role-name ${role.name} --policy-arn arn:aws:iam::aws${NEEDED}`,
    });
  }
  return passed(looked, 'Lambda may assume it, to read streams and write logs, and for nothing else');
}

function judgeTrust(role: RoleFound, looked: string): void {
  const shortfall = {
    looked,
    expected: `${LAMBDA} may assume it, and nobody else`,
    next: `aws iam update-assume-role-policy --role-name ${role.name} --policy-document file://my-rydes/02-first-lambda/trust-policy.json`,
  };
  const allowed = role.trust.filter(({ effect }) => effect === 'Allow');
  if (!trusts(role, LAMBDA)) {
    const services = allowed.flatMap((statement) => statement.services);
    throw wrong({
      ...shortfall,
      found:
        services.length === 0
          ? 'Lambda may not assume it'
          : `Lambda may not assume it: its trust policy names ${services.join(', ')}`,
    });
  }
  const stranger = allowed.find(({ services }) => services.some((service) => service !== LAMBDA));
  if (stranger !== undefined) {
    const others = stranger.services.filter((service) => service !== LAMBDA);
    throw wrong({ ...shortfall, found: `${others.join(', ')} may assume it too` });
  }
  // A principal that is no service: an account, a user, or everyone.
  if (allowed.some(({ services, inverted }) => services.length === 0 || inverted)) {
    throw wrong({ ...shortfall, found: 'somebody who is no service may assume it too' });
  }
}

/** What the function does not need, whoever gets hold of it must not have. */
function judgeBreadth(role: RoleFound, looked: string): void {
  const expected = 'AWSLambdaKinesisExecutionRole alone';
  const broader = role.attached.find((arn) => !arn.endsWith(NEEDED) && !arn.endsWith(HARMLESS));
  if (broader !== undefined) {
    throw wrong({
      looked,
      found: `${nameOf(broader)} is attached to it, which allows more than the function needs`,
      expected,
      next: `aws iam detach-role-policy --role-name ${role.name} --policy-arn ${broader}`,
    });
  }
  for (const [policy, statements] of Object.entries(role.inline)) {
    const excess = statements.map(excessOf).find((each) => each !== undefined);
    if (excess === undefined) continue;
    throw wrong({
      looked,
      found: `its own policy ${policy} allows ${excess}, which is more than the function needs`,
      expected,
      next: `aws iam delete-role-policy --role-name ${role.name} --policy-name ${policy}`,
    });
  }
}

function excessOf({ effect, actions, inverted }: Statement): string | undefined {
  if (effect !== 'Allow') return undefined;
  if (inverted) return 'all but what it names';
  return actions.find((action) => !ALLOWED.has(action.toLowerCase()));
}

function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}
