import type { Documents } from '../documents.ts';
import { element, textElement, timeElement } from '../protocol/query-xml.ts';
import { noSuchEntity } from './errors.ts';
import { arnOf } from './identifiers.ts';
import { encodeDocument } from './policy-document.ts';
import { type Tag, tagsElement } from './tags.ts';

export interface Role {
  readonly name: string;
  /** With a slash at either end. */
  readonly path: string;
  /** `AROA…` */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Who may assume it: a policy, as it was given. */
  readonly trustPolicy: string;
  readonly description?: string | undefined;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly permissionsBoundary?: string | undefined;
  readonly tags: readonly Tag[];
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly inline: readonly InlinePolicy[];
}

export interface InlinePolicy {
  readonly name: string;
  /** As it was given. */
  readonly document: string;
}

/** What a role has at most. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const ROLE_LIMITS = {
  attached: 10,
  /** Characters without space. */
  trustPolicy: 2_048,
  /** Characters of all inline policies, without space. */
  inline: 10_240,
} as const;

export function roleArn({ path, name }: Role): string {
  return arnOf('role', path, name);
}

/** @throws ServiceError NoSuchEntity */
export function namedRole(roles: Documents<Role>, name: string): Role {
  const role = roles.get(name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

/** Characters that limits count. */
export function lengthWithoutSpace(document: string): number {
  return document.replace(/\s/g, '').length;
}

/** @param tags whether the answer has them: lists do not */
export function roleElement(name: 'Role' | 'member', role: Role, tags = true): string {
  const boundary = role.permissionsBoundary;
  return element(
    name,
    textElement('Path', role.path),
    textElement('RoleName', role.name),
    textElement('RoleId', role.id),
    textElement('Arn', roleArn(role)),
    timeElement('CreateDate', role.createdAt),
    textElement('AssumeRolePolicyDocument', encodeDocument(role.trustPolicy)),
    textElement('Description', role.description),
    textElement('MaxSessionDuration', role.maxSessionDuration),
    boundary === undefined
      ? ''
      : element(
          'PermissionsBoundary',
          textElement('PermissionsBoundaryType', 'PermissionsBoundaryPolicy'),
          textElement('PermissionsBoundaryArn', boundary),
        ),
    tags ? tagsElement(role.tags) + element('RoleLastUsed') : '',
  );
}
