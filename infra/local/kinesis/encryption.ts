import type { Shape } from '../protocol/validation.ts';
import { invalidArgument } from './errors.ts';

/** What StartStreamEncryption and StopStreamEncryption share. */
export const ENCRYPTION = {
  EncryptionType: { type: 'String', required: true, oneOf: ['NONE', 'KMS'] },
  KeyId: { type: 'String', required: true, min: 1, max: 2048 },
} as const satisfies Shape;

/** @throws KinesisError InvalidArgumentException for NONE, which is a type to be told of and not one to ask for */
export function insistOnKms(encryptionType: 'NONE' | 'KMS'): void {
  if (encryptionType !== 'KMS')
    throw invalidArgument(`EncryptionType must be KMS (given ${encryptionType}).`);
}
