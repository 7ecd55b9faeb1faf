import { randomBytes } from 'node:crypto';
import { newId } from '../iam/identifiers.ts';
import { element, textElement, timeElement } from '../protocol/query-xml.ts';
import { type Identity, writeSession } from './session.ts';

/** Characters of an access key's id. */
const KEY_LENGTH = 20;

/** Bytes of which a secret's 40 characters are made. */
const SECRET_BYTES = 30;

/**
 * Temporary credentials of the form that AWS gives.
 *
 * @param expiration milliseconds since the epoch: when a client is to ask for others
 */
export function credentialsElement(identity: Identity, expiration: number): string {
  return element(
    'Credentials',
    textElement('AccessKeyId', newId('temporaryKey', KEY_LENGTH)),
    textElement('SecretAccessKey', randomBytes(SECRET_BYTES).toString('base64')),
    textElement('SessionToken', writeSession(identity)),
    timeElement('Expiration', expiration),
  );
}
