import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientConfig } from '../../target.ts';

/** Where something is deployed, and who says so. */
export interface Place {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, or `aws-cn` in China. */
  readonly partition: string;
  /** ARN of whose credentials are used. */
  readonly caller: string;
  /** Whether AWS's console shows it: that of another endpoint has none. */
  readonly console: boolean;
}

/**
 * The region that a client of this configuration talks to: the one that is named, the environment's, or the profile's.
 *
 * @throws the SDK's Error "Region is missing" where nothing names one
 */
export async function regionOf(config: ClientConfig): Promise<string> {
  const client = new STSClient(config);
  try {
    return await client.config.region();
  } finally {
    client.destroy();
  }
}

/** Asks AWS whose the credentials are. Nobody needs a permission for it. */
export async function placeOf(config: ClientConfig, region: string): Promise<Place> {
  const client = new STSClient({ ...config, region });
  try {
    const { Account: account = '', Arn: caller = '' } = await client.send(new GetCallerIdentityCommand());
    const partition = caller.split(':')[1] ?? 'aws';
    return { account, region, partition, caller, console: config.endpoint === undefined };
  } finally {
    client.destroy();
  }
}
