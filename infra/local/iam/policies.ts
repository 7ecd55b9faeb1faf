import { createHash } from 'node:crypto';
import { element, textElement, timeElement } from '../protocol/query-xml.ts';
import { invalidInput, noSuchEntity } from './errors.ts';
import { arnOf, ID_PREFIXES } from './identifiers.ts';
import { MANAGED_POLICIES, managedDocument } from './managed-policies.ts';
import type { Context } from './operation.ts';
import { type Tag, tagsElement } from './tags.ts';

/** A managed policy: the account's own, or one of AWS's. It has one version, `v1`. */
export interface Policy {
  readonly arn: string;
  readonly name: string;
  /** With a slash at either end. */
  readonly path: string;
  /** `ANPA…` */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly description?: string | undefined;
  readonly tags: readonly Tag[];
  /** Absent for one of AWS's that is not known here: what it allows is not known then. */
  readonly document?: string | undefined;
}

/** The only version that policies have here. */
export const VERSION = 'v1';

/** Characters of a policy without space. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MOST_CHARACTERS = 6_144;

const ARN = /^arn:[^:]+:iam::(\d{12}|aws):policy(\/(?:[!-~]+\/)?)([\w+=,.@-]{1,128})$/;

/** Of all that AWS keeps, where each has a time of its own: those are not known here. */
const AWS_CREATED_AT = Date.UTC(2015, 1, 6, 18, 40, 58);

const KNOWN: ReadonlyMap<string, Policy> = new Map(
  MANAGED_POLICIES.map((managed) => {
    const arn = `arn:aws:iam::aws:policy${managed.path}${managed.name}`;
    return [arn, awsPolicy(arn, managed.path, managed.name, managedDocument(managed))];
  }),
);

/** The policy of an ARN; any that could be one of AWS's is one. @throws ServiceError InvalidInput if it is no policy's ARN, NoSuchEntity */
export function namedPolicy(context: Context, arn: string): Policy {
  const policy = findPolicy(context, arn);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

/** As `namedPolicy`, undefined if there is none. @throws ServiceError InvalidInput */
export function findPolicy({ policies }: Context, arn: string): Policy | undefined {
  const [, account, path, name] = ARN.exec(arn) ?? [];
  if (account === undefined || path === undefined || name === undefined)
    throw invalidInput(`ARN ${arn} is not valid.`);
  if (account !== 'aws') return policies.get(arn);
  return KNOWN.get(arn) ?? awsPolicy(arn, path, name, undefined);
}

/** AWS's that are known, and those that are attached. */
export function awsPolicies(context: Context): readonly Policy[] {
  const attached = context.roles
    .all()
    .flatMap((role) => role.attached)
    .filter((arn) => arn.startsWith('arn:aws:iam::aws:') && !KNOWN.has(arn));
  return [...KNOWN.values(), ...[...new Set(attached)].map((arn) => namedPolicy(context, arn))];
}

/** Roles that have it. */
export function attachments({ roles }: Context, arn: string): number {
  return roles.all().filter(({ attached }) => attached.includes(arn)).length;
}

export function ownPolicyArn(path: string, name: string): string {
  return arnOf('policy', path, name);
}

export function policyElement(
  name: 'Policy' | 'member',
  policy: Policy,
  attachmentCount: number,
  whole = true,
): string {
  return element(
    name,
    textElement('PolicyName', policy.name),
    textElement('PolicyId', policy.id),
    textElement('Arn', policy.arn),
    textElement('Path', policy.path),
    textElement('DefaultVersionId', VERSION),
    textElement('AttachmentCount', attachmentCount),
    textElement('PermissionsBoundaryUsageCount', 0),
    textElement('IsAttachable', true),
    whole ? textElement('Description', policy.description) : '',
    timeElement('CreateDate', policy.createdAt),
    timeElement('UpdateDate', policy.createdAt),
    whole ? tagsElement(policy.tags) : '',
  );
}

function awsPolicy(arn: string, path: string, name: string, document: string | undefined): Policy {
  return { arn, name, path, id: idOf(arn), createdAt: AWS_CREATED_AT, tags: [], document };
}

/** The same each time: nobody made it. */
function idOf(arn: string): string {
  const digits = createHash('sha256').update(arn).digest('hex').toUpperCase().slice(0, 17);
  return ID_PREFIXES.policy + digits;
}
