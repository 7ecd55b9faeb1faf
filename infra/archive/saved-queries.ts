/** A query that comes with the kit. */
export interface SavedQuery {
  readonly describe: string;
  /** In words that DuckDB and Athena share. A parameter is `:name` or `:since`. */
  readonly sql: string;
}

/**
 * The questions that every archive of the workshop is asked. Firehose delivers at least once: what counts or adds up
 * takes each reading once.
 */
export const SAVED_QUERIES = {
  positions: {
    describe: 'where a unicorn was, from its first reading to its last',
    sql: `SELECT DISTINCT StatusTime, Latitude, Longitude
FROM readings
WHERE Name = :name
ORDER BY StatusTime`,
  },
  'low-vitals': {
    describe: 'readings with magic or health below 100',
    sql: `SELECT DISTINCT StatusTime, Name, MagicPoints, HealthPoints
FROM readings
WHERE MagicPoints < 100 OR HealthPoints < 100
ORDER BY StatusTime, Name`,
  },
  after: {
    describe: 'readings from a time on',
    sql: `SELECT DISTINCT StatusTime, Name, Latitude, Longitude, Distance, MagicPoints, HealthPoints
FROM readings
WHERE StatusTime >= CAST(:since AS TIMESTAMP)
ORDER BY StatusTime, Name`,
  },
  distance: {
    describe: 'metres that each unicorn has travelled, and readings that tell so',
    sql: `SELECT Name, COUNT(*) AS Readings, SUM(Distance) AS TotalDistance
FROM (SELECT DISTINCT Name, StatusTime, Distance FROM readings) AS once
GROUP BY Name
ORDER BY Name`,
  },
} as const satisfies Record<string, SavedQuery>;

/** Values that a saved query may ask for; `since` as StatusTime has it. */
export interface Parameters {
  readonly name: string | undefined;
  readonly since: string | undefined;
}

/** The parameters of a saved query, in the order in which it has them. */
export function parametersOf({ sql }: SavedQuery): (keyof Parameters)[] {
  return [...sql.matchAll(PARAMETER)].map((match) => match[1] as keyof Parameters);
}

const PARAMETER = /:(name|since)\b/g;

/** Its SQL with a `?` where each parameter goes: the values never become part of it. */
export function preparedSql({ sql }: SavedQuery): string {
  return sql.replace(PARAMETER, '?');
}
