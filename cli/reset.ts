import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockState } from '../infra/local/state-lock.ts';
import { WildRydesError } from '../telemetry/errors.ts';

/**
 * Removes a state folder, if nothing but a cloud's state is in it.
 *
 * @returns false if there is no such folder
 * @throws WildRydesError STATE_UNUSABLE when a cloud runs there, or when something else is in the folder
 */
export async function reset(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  const foreign = foreignEntry(folder);
  if (foreign !== undefined) {
    throw new WildRydesError(
      'STATE_UNUSABLE',
      `${folder} is left as it is: ${foreign} is no part of a state`,
      {
        next: 'Name the state folder with --data, or move away what is not a cloud’s.',
      },
    );
  }
  const lock = await lockState(folder);
  try {
    for (const name of readdirSync(folder)) {
      // Until the rest is gone, no cloud may begin in what is left. A workshop has clouds of its own there.
      if (name !== 'lock' && name !== 'workshop') rmSync(join(folder, name), { recursive: true });
    }
  } finally {
    lock.release();
  }
  removeEmpty(folder);
  return true;
}

/** What is in the folder and not a cloud's. */
function foreignEntry(folder: string): string | undefined {
  try {
    return readdirSync(folder).find((name) => !OURS.test(name));
  } catch (error) {
    throw new WildRydesError('STATE_UNUSABLE', `${folder} is not a state folder`, { cause: error });
  }
}

const OURS =
  /^(aggregation|dynamodb|firehose|flink|iam|kinesis|kinesisanalytics|lambda|logs|s3|search|sns|sts|shell|workshop|lock(\.\d+)?|cloud-\d+\.log(\.1)?)$/;

/** Another cloud may have begun there since the lock was released: then the folder is its own now. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (existsSync(folder) && readdirSync(folder).length === 0) throw error;
  }
}
