import type { Target } from '../../infra/target.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { explainTarget } from '../advice.ts';

/** What an SDK's error means for who deploys, by its name or message: what is said, and what to do. */
const MEANINGS: readonly {
  readonly of: RegExp;
  readonly says: (message: string) => string;
  readonly next: (profile: string) => string;
}[] = [
  {
    of: /^Error: Region is missing/,
    says: () => 'no region is named',
    next: () => 'Name one: --region us-west-2, or AWS_REGION in the environment.',
  },
  {
    of: /ENOTFOUND|EAI_AGAIN/,
    says: (message) => `nothing answers: ${message}`,
    next: () => 'Check the network, and the region: a name that AWS does not have leads nowhere.',
  },
  {
    of: /ExpiredToken|RequestExpired|TokenProviderError|SSO session|token .*expired|refresh.*token/i,
    says: () => 'the credentials have expired',
    next: (profile) => `Get new ones: aws sso login${profile}, or as you got these.`,
  },
  {
    of: /^(CredentialsProviderError|ProviderError)/,
    says: (message) => `there are no credentials of AWS: ${message}`,
    next: (profile) =>
      `Sign in: aws configure sso${profile}, or aws configure${profile}; another profile is named with --profile.`,
  },
  {
    of: /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|InvalidAccessKeyId)/,
    says: (message) => `AWS does not know these credentials: ${message}`,
    next: (profile) =>
      `See whose they are: aws sts get-caller-identity${profile}. Another profile is named with --profile.`,
  },
  {
    of: /^(AccessDenied|UnauthorizedOperation|AuthorizationError)/,
    says: (message) => `AWS refuses: ${message}`,
    next: () => 'Have whoever manages the account allow it; infra/aws/deploying.md lists what is needed.',
  },
];

/** An error of the SDK in the kit's words; what is neither of AWS nor of the network stays as it is. */
export function explainAccount(error: unknown, target: Target): unknown {
  if (error instanceof WildRydesError || !(error instanceof Error)) return error;
  const text = `${error.name}: ${error.message}`;
  const meaning = MEANINGS.find(({ of }) => of.test(text));
  if (meaning === undefined) {
    return explainTarget(error, target, (cause) => new WildRydesError('NOT_FOUND', error.message, { cause }));
  }
  const profile = target.profile === undefined ? '' : ` --profile ${target.profile}`;
  return new WildRydesError('UNREACHABLE', meaning.says(error.message), {
    next: meaning.next(profile),
    cause: error,
  });
}
