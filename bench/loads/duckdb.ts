import { DuckDBInstance } from '@duckdb/node-api';
import { stopwatch } from '../harness/stopwatch.ts';
import { answerTasks } from '../harness/tasks.ts';
import type { Lines, Summaries } from './aggregate.ts';

/** DuckDB on one thread: the file's lines with their columns' types given, grouped into a table in memory. */
async function aggregate({ path }: Lines): Promise<Summaries> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const took = stopwatch();
  await connection.run(`
    CREATE TABLE summaries AS
    SELECT Name, date_trunc('minute', StatusTime) AS StatusTime, sum(Distance) AS Distance,
      min(MagicPoints) AS MinMagicPoints, max(MagicPoints) AS MaxMagicPoints,
      min(HealthPoints) AS MinHealthPoints, max(HealthPoints) AS MaxHealthPoints, count(*) AS Readings
    FROM read_ndjson('${path.replaceAll("'", "''")}', columns = {
      Name: 'VARCHAR', StatusTime: 'TIMESTAMP', Latitude: 'DOUBLE', Longitude: 'DOUBLE', Distance: 'DOUBLE',
      MagicPoints: 'INTEGER', HealthPoints: 'INTEGER'})
    GROUP BY ALL`);
  const passed = took();
  const reader = await connection.runAndReadAll(
    'SELECT sum(Readings)::DOUBLE AS readings, count(*)::DOUBLE AS windows, sum(Distance) AS distance FROM summaries',
  );
  const [totals] = reader.getRowObjectsJson();
  return {
    ...passed,
    readings: Number(totals?.readings),
    windows: Number(totals?.windows),
    distance: Number(totals?.distance),
  };
}

answerTasks({ aggregate });
