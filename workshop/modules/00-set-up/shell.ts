import { describeTarget } from '../../../infra/target.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** The check was typed in `wildrydes shell`, and that leads where the check looks. */
export async function checkShell({ env, target, names }: Workbench): Promise<Passed> {
  const looked = 'the shell that you typed this in';
  const { WILDRYDES_SHELL: shell, AWS_ENDPOINT_URL: endpoint } = env;
  const next = `exit, then ./wildrydes shell${flagsTo(target, names.prefix)}`;
  if (shell === undefined) {
    throw notYet({
      looked,
      found: 'it is an ordinary shell, with your own settings',
      expected: `a shell towards ${describeTarget(target)}`,
      next: next.replace('exit, then ', ''),
    });
  }
  const leads = shell === 'aws' ? 'AWS' : (endpoint ?? 'nowhere');
  const right = target.kind === 'aws' ? shell === 'aws' : endpoint === target.endpoint;
  if (!right) {
    throw wrong({
      looked,
      found: `it leads to ${leads}`,
      expected: `it leads to ${describeTarget(target)}`,
      next,
    });
  }
  return passed(looked, `it leads to ${leads}${names.prefix === '' ? '' : `, prefix ${names.prefix}`}`);
}

function flagsTo(target: Workbench['target'], prefix: string): string {
  const where = target.kind === 'aws' ? ' --target aws' : ` --port ${target.port}`;
  return `${where}${prefix === '' ? '' : ` --prefix ${prefix.replace(/-$/, '')}`}`;
}
