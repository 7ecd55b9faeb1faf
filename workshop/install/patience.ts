/** How new resources are waited for, seconds. */
export const PATIENCE = { maxWaitTime: 300, minDelay: 1, maxDelay: 5 } as const;
