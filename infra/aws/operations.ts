/** The topic that hears of what goes wrong: alarms, and batches that were given up. Not of unicorns. */
export const OPERATIONS = 'wildrydes-operations';
