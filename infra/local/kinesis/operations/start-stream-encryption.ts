import { countForToday } from '../daily-limits.ts';
import { ENCRYPTION, insistOnKms } from '../encryption.ts';
import { namedStream, operation, STREAM } from '../operation.ts';

/**
 * Notes the KMS key that a stream is encrypted with, in place of another. 25 times in 24 hours; the key that it has
 * already is no new one.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
 */
export const startStreamEncryption = operation(
  { ...ENCRYPTION, ...STREAM },
  (input, context) => {
    const stream = namedStream(input, context);
    insistOnKms(input.EncryptionType);
    if (stream.settings.keyId === input.KeyId) return undefined;
    const counted = countForToday('encryptionStart', stream, context);
    stream.change({ settings: { ...counted, keyId: input.KeyId } });
    return undefined;
  },
  'Nothing is encrypted: the key is noted, and shown where AWS shows it, but in the records that GetRecords gives. ' +
    'It need not exist.',
);
