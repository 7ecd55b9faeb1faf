import { BUCKETS } from '../../telemetry/topology.ts';

/** What a deployment's archive is called in Athena: known by the prefix of its bucket, so that whoever asks finds it. */
export interface AthenaNames {
  readonly database: string;
  readonly workGroup: string;
}

/** @param prefix of the deployment, with its dash: `alice-`; nothing for who has the account alone */
export function athenaNames(prefix: string): AthenaNames {
  const name = `${prefix}wildrydes`;
  // A name with a dash in it would need quotes in each query.
  return { database: name.replaceAll('-', '_'), workGroup: name };
}

/** The database of buckets that are no deployment's: one that a deployment is to make must not be there before. */
const OTHERS = 'wildrydes_others';

const DEPLOYED = new RegExp(`^([a-z][a-z0-9]*-)?${BUCKETS.archive}-\\d{12}-[a-z0-9-]+$`);

/** Names by the bucket; without a workgroup when the bucket is no deployment's. */
export function athenaNamesOf(bucket: string): Pick<AthenaNames, 'database'> & Partial<AthenaNames> {
  const parts = DEPLOYED.exec(bucket);
  return parts === null ? { database: OTHERS } : athenaNames(parts[1] ?? '');
}

/** Where answers are left in the bucket of the archive. */
export const RESULTS_PREFIX = 'athena-results/';

/** Bytes that a query of a deployment's workgroup may read: $0.05 at $5 a TB. Source: https://aws.amazon.com/athena/pricing/ */
export const MOST_SCANNED = 10_000_000_000;
