import { countForToday } from '../daily-limits.ts';
import { ENCRYPTION, insistOnKms } from '../encryption.ts';
import { namedStream, operation, STREAM } from '../operation.ts';

/**
 * Notes that a stream is no longer encrypted. 25 times in 24 hours; one that is not is left as it is.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StopStreamEncryption.html
 */
export const stopStreamEncryption = operation(
  { ...ENCRYPTION, ...STREAM },
  (input, context) => {
    const stream = namedStream(input, context);
    insistOnKms(input.EncryptionType);
    if (stream.settings.keyId === null) return undefined;
    const counted = countForToday('encryptionStop', stream, context);
    stream.change({ settings: { ...counted, keyId: null } });
    return undefined;
  },
  'KeyId need not be the key that the stream is encrypted with.',
);
