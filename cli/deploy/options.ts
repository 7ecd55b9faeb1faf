import { oneRegion, oneText, prefixOption } from '../options.ts';

/** Flags that the commands on a deployment share. */

const WHERE = { group: 'Where:' } as const;

export const ACCOUNT_OPTIONS = {
  prefix: prefixOption({ group: 'What:' }),
  region: oneRegion('region of AWS [default: of the environment or the profile]', WHERE),
  profile: oneText('profile of your AWS configuration [default: of the environment]', WHERE),
  endpoint: oneText('what speaks the API of AWS, by URL [default: AWS]', WHERE),
  json: { type: 'boolean', group: 'What you see:', describe: 'one JSON object' },
} as const;

export const STACK_OPTION = { type: 'string', requiresArg: true, group: 'What:' } as const;

export const YES_OPTION = {
  yes: { type: 'boolean', group: 'How:', describe: 'do not ask, for scripts' },
} as const;
