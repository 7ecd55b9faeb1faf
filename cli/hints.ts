import { INSTALLED } from '../infra/project.ts';
import type { Target } from '../infra/target.ts';
import { LOCAL } from '../telemetry/topology.ts';

/** Commands that the kit tells people to type. They must work as printed: at the same cloud, and from where they stand. */

/** Flags that lead to a local cloud's port, with a space before; nothing at the default port. */
export function portFlag(port: number): string {
  return port === LOCAL.port ? '' : ` --port ${port}`;
}

/** Flags that lead to the same target, with a space before; nothing for the local cloud at the default port. */
export function targetFlags(target: Target): string {
  if (target.port !== undefined) return portFlag(target.port);
  if (target.endpoint !== undefined) return ` --endpoint ${shellWord(target.endpoint)}`;
  return awsFlags(target) || ' --aws';
}

/** The same for the AWS CLI. Towards the local cloud it needs `wildrydes shell`, and no flags. */
export function awsCliFlags(target: Target): string {
  if (target.port !== undefined) return '';
  const endpoint = target.endpoint === undefined ? '' : ` --endpoint-url ${shellWord(target.endpoint)}`;
  return `${endpoint}${awsFlags(target)}`;
}

function awsFlags({ region, profile }: Target): string {
  return [
    region === undefined ? '' : ` --region ${shellWord(region)}`,
    profile === undefined ? '' : ` --profile ${shellWord(profile)}`,
  ].join('');
}

/** A value as a POSIX shell reads it back: bare if it can be, else in single quotes. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The flag that names a unicorn. */
export function nameFlag(name: string): string {
  return name.startsWith('-') ? `--name=${shellWord(name)}` : `--name ${shellWord(name)}`;
}

/**
 * Text with the kit's commands as they are typed here. They are written for a checkout (`./producer`); where the kit was
 * installed as a package there are no such files.
 */
export function asTyped(text: string, installed: boolean = INSTALLED): string {
  if (!installed) return text;
  return text.replace(/(?<![\w/.])\.\/(?:wildrydes\b|(producer|consumer)\b)/g, (_, alias?: string) =>
    alias === undefined ? 'npx wildrydes' : `npx wildrydes ${alias}`,
  );
}
