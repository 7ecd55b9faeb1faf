import { strToU8, zipSync } from 'fflate';
import { base64 } from '../scenario.ts';

/** A deployment package with one module, `index.mjs`. Its time is fixed: the same code is the same package. */
export function functionCode(source: string): { readonly base64: string } {
  return base64(zipSync({ 'index.mjs': [strToU8(source), { mtime: new Date(2026, 0, 1) }] }));
}

/** Says what it was given. */
export const ECHO: string = 'export const handler = async (event) => ({ given: event });';

/** Logs what came to it, as text: records of Kinesis decoded, everything else as JSON. */
export const LOGGER: string = `export const handler = async (event) => {
  for (const record of event.Records ?? [event]) {
    const data = record.kinesis?.data;
    console.log('RECEIVED', data === undefined ? JSON.stringify(record) : Buffer.from(data, 'base64').toString());
  }
};`;

/** Transforms records of Firehose: capitals, and what cannot be is told. */
export const CAPITALS: string = `export const handler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => {
    const text = Buffer.from(data, 'base64').toString();
    if (text.startsWith('bad')) return { recordId, result: 'ProcessingFailed', data };
    if (text.startsWith('drop')) return { recordId, result: 'Dropped', data };
    return { recordId, result: 'Ok', data: Buffer.from(text.toUpperCase()).toString('base64') };
  }),
});`;

export const ROLE = {
  RoleName: 'worker',
  AssumeRolePolicyDocument: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: ['lambda.amazonaws.com', 'firehose.amazonaws.com'] },
        Action: 'sts:AssumeRole',
      },
    ],
  }),
} as const;
