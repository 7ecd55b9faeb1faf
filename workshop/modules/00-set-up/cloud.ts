import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describeTarget } from '../../../infra/target.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** There is a cloud: here one that was started empty, on AWS an account. */
export function checkCloud(at: Workbench): Promise<Passed> {
  return at.target.kind === 'aws' ? checkAccount(at) : checkLocal(at);
}

async function checkLocal(at: Workbench): Promise<Passed> {
  const looked = `the local cloud at ${describeTarget(at.target)}`;
  const health = await at.control?.health();
  if (health === undefined || health === 'foreign') {
    throw notYet({
      looked,
      found: health === undefined ? 'nothing answers' : 'what answers is no cloud of this kit',
      expected: 'the workshop’s cloud',
      next: './wildrydes workshop start',
    });
  }
  if (health.pipeline) {
    throw wrong({
      looked,
      found: 'the whole pipeline is in it already',
      expected: 'an empty cloud: you are about to build the pipeline',
      next: './wildrydes stop, then ./wildrydes workshop start',
    });
  }
  return passed(looked, `it runs, with its state in ${health.data ?? 'memory'}`);
}

async function checkAccount(at: Workbench): Promise<Passed> {
  const looked = 'your AWS account';
  const region = await at.sts.config.region();
  const { Account, Arn = '' } = await at.sts.send(new GetCallerIdentityCommand({}));
  if (/:root$/.test(Arn)) {
    throw wrong({
      looked,
      found: `you are the root user of account ${Account}, who may do everything and whom nothing can stop`,
      expected: 'a user or a role of the account',
      next: 'Sign in as a user or a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html',
    });
  }
  return passed(looked, `account ${Account} in ${region}, as ${Arn.split(':').at(-1)}`);
}
