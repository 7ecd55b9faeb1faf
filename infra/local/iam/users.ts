import type { Documents } from '../documents.ts';
import { element, textElement, timeElement } from '../protocol/query-xml.ts';
import { noSuchEntity } from './errors.ts';
import { arnOf } from './identifiers.ts';
import { type Tag, tagsElement } from './tags.ts';

export interface User {
  readonly name: string;
  /** With a slash at either end. */
  readonly path: string;
  /** `AIDA…` */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

/** @throws ServiceError NoSuchEntity */
export function namedUser(users: Documents<User>, name: string): User {
  const user = users.get(name);
  if (user === undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

export function userElement({ name, path, id, createdAt, tags }: User): string {
  return element(
    'User',
    textElement('Path', path),
    textElement('UserName', name),
    textElement('UserId', id),
    textElement('Arn', arnOf('user', path, name)),
    timeElement('CreateDate', createdAt),
    tagsElement(tags),
  );
}
