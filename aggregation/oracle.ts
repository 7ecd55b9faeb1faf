import type { Tally } from '../telemetry/balance.ts';

/**
 * The aggregation's rules once more, for tests: written from README.md in the plainest way, with BigInt sums, Date
 * arithmetic and lists that are searched from the start. It shares no code with the engine, and no idea of speed.
 */
export class Oracle {
  readonly summaries: OracleSummary[] = [];
  readonly #shards: OracleShard[] = [];
  readonly #records: OracleRecord[] = [];
  readonly #closed = new Set<string>();
  #lowest: bigint | undefined;

  start(shardId: string, parentIds: readonly string[]): void {
    const parents = this.#shards.filter((shard) => parentIds.includes(shard.shardId));
    const inherited = leastOf(parents.map(watermarkOf));
    this.#shards.push({ shardId, parents, inherited, accepted: [], followed: [], finished: false });
  }

  /** @returns what became of the record */
  record(shardId: string, reading: OracleReading): OracleFate {
    const shard = this.#shard(shardId);
    const fate = this.#judge(shard, reading);
    this.#records.push({ ...reading, minute: minuteOf(reading.instant), fate });
    if (fate === 'open' || fate === 'duplicates') shard.accepted.push(reading.instant);
    this.#close();
    return fate;
  }

  silence(shardId: string, milliseconds: number): void {
    const shard = this.#shard(shardId);
    const starts = [...shard.accepted, ...shard.inherited.map((watermark) => watermark + 5_000n)];
    if (starts.length === 0 || milliseconds < 30_000 || shard.finished) return;
    shard.followed.push(greatest(starts) + BigInt(milliseconds) - 5_000n);
    this.#close();
  }

  finish(shardId: string): void {
    const shard = this.#shard(shardId);
    shard.finished = true;
    for (const child of this.#shards) {
      if (!child.parents.includes(shard) || child.accepted.length > 0) continue;
      child.inherited.push(...leastOf(child.parents.map(watermarkOf)));
    }
    this.#close();
  }

  /** What closing all windows that are open would give. */
  remaining(): OracleSummary[] {
    return summariesOf(this.#records.filter((record) => record.fate === 'open')).map(
      ({ summary }) => summary,
    );
  }

  tally(name?: string): Tally {
    const mine = this.#records.filter((record) => name === undefined || record.name === name);
    const count = (fate: OracleFate) => mine.filter((record) => record.fate === fate).length;
    return {
      delivered: mine.length,
      summarised: count('summarised'),
      duplicates: count('duplicates'),
      late: count('late'),
      quarantined: count('quarantined'),
      open: count('open'),
      summaries: this.summaries.filter((summary) => name === undefined || summary.Name === name).length,
    };
  }

  get watermark(): number | null {
    return this.#lowest === undefined ? null : Number(this.#lowest);
  }

  #shard(shardId: string): OracleShard {
    return this.#shards.find((shard) => shard.shardId === shardId)!;
  }

  #judge(shard: OracleShard, reading: OracleReading): OracleFate {
    if (reading.flaw || reading.instant - reading.arrival > 300_000n) return 'quarantined';
    const end = BigInt(minuteOf(reading.instant).getTime()) + 60_000n;
    const watermark = watermarkOf(shard);
    if (watermark !== undefined && end <= watermark) return 'late';
    if (this.#lowest !== undefined && end <= this.#lowest) return 'late';
    const again = this.#records.some(
      (other) => other.fate === 'open' && other.name === reading.name && other.instant === reading.instant,
    );
    return again ? 'duplicates' : 'open';
  }

  #close(): void {
    const lowest = leastOf(this.#shards.filter((shard) => !shard.finished).map(watermarkOf))[0];
    if (lowest === undefined) return;
    if (this.#lowest === undefined || lowest > this.#lowest) this.#lowest = lowest;
    const due = this.#records.filter(
      (record) => record.fate === 'open' && BigInt(record.minute.getTime()) + 60_000n <= this.#lowest!,
    );
    for (const { window, summary } of summariesOf(due)) {
      if (this.#closed.has(window)) throw new Error(`window ${window} closed twice`);
      this.#closed.add(window);
      this.summaries.push(summary);
    }
    for (const record of due) record.fate = 'summarised';
  }
}

export type OracleFate = 'open' | 'summarised' | 'duplicates' | 'late' | 'quarantined';

export interface OracleReading {
  readonly name: string;
  readonly instant: bigint;
  readonly arrival: bigint;
  readonly micrometres: bigint;
  readonly magic: number;
  readonly health: number;
  /** True for a record that is not a valid reading. */
  readonly flaw: boolean;
}

export interface OracleSummary {
  readonly Name: string;
  readonly StatusTime: string;
  readonly Distance: number;
  readonly MinMagicPoints: number;
  readonly MaxMagicPoints: number;
  readonly MinHealthPoints: number;
  readonly MaxHealthPoints: number;
  readonly Readings: number;
}

interface OracleShard {
  readonly shardId: string;
  readonly parents: OracleShard[];
  readonly accepted: bigint[];
  /** Lowest watermarks of its parents, as they were handed on. */
  readonly inherited: bigint[];
  /** What following the clock made of its watermark. */
  readonly followed: bigint[];
  finished: boolean;
}

interface OracleRecord extends OracleReading {
  readonly minute: Date;
  fate: OracleFate;
}

function watermarkOf(shard: OracleShard): bigint | undefined {
  const all = [...shard.inherited, ...shard.followed, ...shard.accepted.map((instant) => instant - 5_000n)];
  return all.length === 0 ? undefined : greatest(all);
}

/** One summary for each window that the records are in, by its minute, then by name. */
function summariesOf(records: readonly OracleRecord[]): { window: string; summary: OracleSummary }[] {
  const byWindow = new Map<string, OracleRecord[]>();
  for (const record of records) {
    const window = `${record.minute.toISOString()} ${record.name}`;
    byWindow.set(window, [...(byWindow.get(window) ?? []), record]);
  }
  return [...byWindow.keys()].sort().map((window) => ({ window, summary: summarise(byWindow.get(window)!) }));
}

function summarise(records: readonly OracleRecord[]): OracleSummary {
  const sum = records.reduce((total, record) => total + record.micrometres, 0n);
  const digits = sum.toString().padStart(7, '0');
  return {
    Name: records[0]!.name,
    StatusTime: records[0]!.minute.toISOString().replace('T', ' ').replace('Z', ''),
    Distance: Number.parseFloat(`${digits.slice(0, -6)}.${digits.slice(-6)}`),
    MinMagicPoints: Math.min(...records.map((record) => record.magic)),
    MaxMagicPoints: Math.max(...records.map((record) => record.magic)),
    MinHealthPoints: Math.min(...records.map((record) => record.health)),
    MaxHealthPoints: Math.max(...records.map((record) => record.health)),
    Readings: records.length,
  };
}

function minuteOf(instant: bigint): Date {
  const date = new Date(Number(instant));
  date.setUTCSeconds(0, 0);
  return date;
}

/** The least of those that there are, as a list of none or one. */
function leastOf(values: readonly (bigint | undefined)[]): bigint[] {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? [] : [known.toSorted(ascending)[0]!];
}

function greatest(values: readonly bigint[]): bigint {
  return values.toSorted(ascending).at(-1)!;
}

function ascending(a: bigint, b: bigint): number {
  return Number(a - b);
}
