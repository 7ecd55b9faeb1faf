const DAY = 24 * 3_600_000;

/** Days that events may be kept. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** The time before which a group keeps nothing, milliseconds since the epoch. @param retentionInDays undefined: it keeps everything */
export function expiryOf(retentionInDays: number | undefined, now: number): number {
  return retentionInDays === undefined ? 0 : now - retentionInDays * DAY;
}
