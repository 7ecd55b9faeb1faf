import { ALERT_PROTECTIONS } from './alert.ts';
import { ARCHIVE_QUERY_PROTECTIONS } from './archive-query.ts';
import { CONTROL_PROTECTIONS } from './control.ts';
import { FILE_PROTECTIONS } from './files.ts';
import { FLINK_PROTECTIONS } from './flink.ts';
import { OPENSEARCH_PROTECTIONS } from './opensearch.ts';
import type { Protection } from './protection.ts';
import { SEARCH_PROTECTIONS } from './search.ts';
import { STORE_PROTECTIONS } from './store.ts';

const KINESIS = 'infra/local/kinesis';
const STORE = `${KINESIS}/store`;
const LAMBDA = 'infra/local/lambda';

/**
 * In the order of the pipeline: what is written and read, aggregated, delivered, stored, counted. One list, however long:
 * what is missing from it shows only where all of it stands together.
 */
export const PROTECTIONS: readonly Protection[] = [
  // The simulator.
  {
    name: 'a clock that is set back is waited for, so that no reading is from the future',
    file: 'simulator/pacing.ts',
    text: '        await sleep(Math.min(ahead, LONGEST_SLEEP), signal);\n',
    without: '        await sleep(Math.min(ahead, LONGEST_SLEEP), signal);\n        return;\n',
    test: { file: 'simulator/pacing.test.ts', name: 'a clock set back is waited for' },
  },
  {
    name: 'a simulated clock is never ahead of what was emitted',
    file: 'simulator/pacing.ts',
    text: 'Math.min(anchor.time + (monotonic() - anchor.monotonic) * speed, limit)',
    without: 'anchor.time + (monotonic() - anchor.monotonic) * speed',
    test: { file: 'simulator/pacing.test.ts', name: 'never is a tick ahead of what was emitted' },
  },
  {
    name: 'a unicorn waits while the sink is full',
    file: 'simulator/simulate.ts',
    text: '        const full = sink.put(emission);\n        if (full !== undefined) await untilAborted(full, this.#signal);\n',
    without: '        void sink.put(emission);\n',
    test: { file: 'simulator/simulate.test.ts', name: 'ends at once while the sink is full' },
  },
  {
    name: 'what faults held back waits while the sink is full, too',
    file: 'simulator/simulate.ts',
    text: '    const full = this.#options.sink.put(emission);\n    if (full !== undefined) await untilAborted(full, this.#signal);\n',
    without: '    void this.#options.sink.put(emission);\n',
    test: { file: 'simulator/simulate.test.ts', name: 'never puts while the sink is full' },
  },
  {
    name: 'a run ends only when everything put is settled',
    file: 'simulator/simulate.ts',
    text: '    await sink.flush();\n',
    without: '',
    test: { file: 'simulator/simulate.test.ts', name: 'gives every unicorn a reading a second, in order' },
  },
  {
    name: 'no reading is sent long before one that is not acknowledged, or that one would come late',
    file: 'simulator/sinks/kinesis.ts',
    text: '    maxSpread: MAX_SPREAD,\n',
    without: '',
    test: {
      file: 'simulator/sinks/kinesis.test.ts',
      name: 'never sends a reading more than four seconds newer',
    },
  },
  {
    name: 'a run counts the records of which nobody knows whether they were written',
    file: 'simulator/sinks/kinesis.ts',
    text: '      counts.uncertain += entries.length;\n',
    without: '      void entries;\n',
    test: { file: 'simulator/sinks/kinesis.test.ts', name: 'counts what got no answer, and sends it again' },
  },

  // The writer.
  {
    name: 'of a request, only what failed is sent again',
    file: 'stream/lane.ts',
    text: '      if (!pending.settled) entries[--kept] = pending;\n',
    without: '      entries[--kept] = pending;\n',
    test: { file: 'stream/writer.test.ts', name: 'only what failed is sent again' },
  },
  {
    name: 'nothing newer of a key is sent before what failed of it',
    file: 'stream/writer.ts',
    text: '    let lane = this.#lanes.get(entry.key);\n',
    without: '    let lane: Lane<Entry<T>> | undefined;\n',
    test: { file: 'stream/writer.test.ts', name: 'before anything newer of its key' },
  },
  {
    name: 'a full buffer asks its source to wait',
    file: 'stream/writer.ts',
    text: '    if (this.#full()) {\n',
    without: '    if (Math.random() > 1) {\n',
    test: { file: 'stream/writer.test.ts', name: 'back-pressure by records' },
  },
  {
    name: 'nothing is sent that is much newer than the oldest unacknowledged entry',
    file: 'stream/writer.ts',
    text: '      if (pending.time > newest && !opening) return;\n',
    without: '',
    test: { file: 'stream/writer.test.ts', name: 'nothing is sent that is more than maxSpread newer' },
  },
  {
    name: 'an attempt without an answer is counted as uncertain',
    file: 'stream/writer.ts',
    text: "    if (failure.outcome === 'unknown') {\n",
    without: '    if (Math.random() > 1) {\n',
    test: { file: 'stream/writer.test.ts', name: 'a lost answer is uncertain, and the entry is sent again' },
  },
  {
    name: 'a server error leaves open whether the records were written',
    file: 'stream/failure.ts',
    text: "return { retriable: true, outcome: 'unknown', throttled: status === 503, reason }",
    without: "return { retriable: true, outcome: 'refused', throttled: status === 503, reason }",
    test: { file: 'stream/writer.test.ts', name: 'a server error is uncertain, and the entry is sent again' },
  },
  {
    name: 'attempts that are under way when a writer is closed are counted as uncertain',
    file: 'stream/writer.ts',
    text: '      if (unanswered.length > 0) this.#options.uncertain?.(unanswered, CLOSED);\n',
    without: '',
    test: { file: 'stream/writer.test.ts', name: 'close settles everything' },
  },
  {
    name: 'a record that the service objects to takes no neighbours along',
    file: 'stream/writer.ts',
    text: '    if (!failure.retriable && request.entries.length > 1 && isInvalidRequest(error)) {\n',
    without: '    if (Math.random() > 1) {\n',
    test: { file: 'stream/writer.test.ts', name: 'fails alone, its neighbours are written' },
  },

  // The log on disk.
  {
    name: 'a record is on disk before it is acknowledged',
    file: `${STORE}/record-log.ts`,
    text: '      this.#write(segment, tail.buffer, tail.written, bytes);\n',
    without: '',
    test: { file: `${KINESIS}/service.test.ts`, name: 'has every acknowledged record after kill -9' },
  },
  {
    name: 'a batch whose write failed is taken back from memory',
    file: `${STORE}/record-log.ts`,
    text: '      this.rollback();\n      throw unusable(',
    without: '      throw unusable(',
    test: {
      file: `${STORE}/record-log.test.ts`,
      name: 'takes a batch back whole when its write fails half way',
    },
  },
  {
    name: 'a batch whose write failed is taken back from the disk',
    file: `${STORE}/record-log.ts`,
    text: '        this.#tidy(file, segment);\n      } catch (second) {\n',
    without: '      } catch (second) {\n',
    test: {
      file: `${STORE}/record-log.test.ts`,
      name: 'takes a batch back whole when its write fails half way',
    },
  },
  {
    name: 'nothing is written after a failed write that could not be taken back',
    file: `${STORE}/record-log.ts`,
    text: '    this.#tidy(file, segment);\n    this.#untidy = true;\n',
    without: '    this.#untidy = true;\n',
    test: {
      file: `${STORE}/record-log.test.ts`,
      name: 'writes a shorter batch only when what a failed write left is cut off',
    },
  },
  {
    name: 'a torn write is cut off at the next start',
    file: `${STORE}/record-log.ts`,
    text: '      truncateSync(last.path, offset);\n',
    without: '',
    test: { file: `${STORE}/record-log.test.ts`, name: 'cuts a torn write off at whatever byte it ends' },
  },
  {
    name: 'after a torn first write of a segment, the newest record still has its arrival',
    file: `${STORE}/record-log.ts`,
    text: '      if (offset === 0 && segments.length > 1) return RecordLog.open(options);\n',
    without: '',
    test: { file: `${STORE}/record-log.test.ts`, name: 'still knows when the newest record came' },
  },
  {
    name: 'a record that is not as it was written is noticed by its checksum',
    file: `${STORE}/segment.ts`,
    text: "      if (!isIntact(window, at, length)) throw damaged(path, place, 'the checksum of the record differs');\n",
    without: '',
    test: { file: `${STORE}/record-log.test.ts`, name: 'refuses a log of which any one byte has changed' },
  },
  {
    name: 'a damaged length is no torn write, by the inverted length beside it',
    file: `${STORE}/frame.ts`,
    text: ' || ~length >>> 0 !== buffer.readUInt32BE(at + INVERTED_LENGTH)',
    without: '',
    test: { file: `${STORE}/record-log.test.ts`, name: 'refuses a log of which any one byte has changed' },
  },
  {
    name: 'a segment that is missing, or its end, is noticed',
    file: `${STORE}/record-log.ts`,
    text: '      if (index !== after || offset !== segment.size) {\n',
    without: '      if (Math.random() > 1) {\n',
    test: { file: `${STORE}/record-log.test.ts`, name: 'misses a segment, or the end of one' },
  },
  {
    name: 'arrival never falls within a shard when the clock is set back',
    file: `${STORE}/shard.ts`,
    text: ' this.#records.lastArrival, this.#metadata.openedAt);\n',
    without: ' this.#metadata.openedAt);\n',
    test: { file: `${STORE}/shard.test.ts`, name: 'never lets arrival fall, also after reopening' },
  },
  {
    name: 'nor from a shard to its children',
    file: `${STORE}/shard.ts`,
    text: ', this.#metadata.openedAt);\n',
    without: ');\n',
    test: { file: `${STORE}/stream.test.ts`, name: 'lets no arrival fall through a split' },
  },
  {
    name: 'a child begins no earlier than what its parents hold',
    file: `${STORE}/stream.ts`,
    text: '        ...parents.map((number) => this.#shards.get(number)?.arrival() ?? shards.get(number)!.openedAt),\n',
    without: '        this.#options.now(),\n',
    test: { file: `${STORE}/stream.test.ts`, name: 'lets no arrival fall through a split' },
  },
  {
    name: 'a changed number in what is stored of a stream is noticed',
    file: `${STORE}/metadata.ts`,
    text: "  if (checksum !== checksumOf(metadata)) throw damaged(file, 0, 'its checksum differs');\n",
    without: '',
    test: { file: `${STORE}/streams.test.ts`, name: 'says what is damaged' },
  },
  {
    name: 'the shards of a stream are replaced on disk in one step',
    file: `${STORE}/metadata.ts`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of source text
    text: '  writeFileSync(`${file}.new`, `${JSON.stringify(summed, undefined, 2)}\\n`);\n  renameSync(`${file}.new`, file);\n',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of source text
    without: '  writeFileSync(file, `${JSON.stringify(summed, undefined, 2)}\\n`);\n',
    test: {
      file: `${STORE}/stream.test.ts`,
      name: 'replaces what is stored of its shards, and overwrites nothing',
    },
  },
  {
    name: 'a split that a crash interrupted leaves nothing behind',
    file: `${STORE}/stream.ts`,
    text: '    stream.#removeStrangers();\n',
    without: '',
    test: { file: `${STORE}/stream.test.ts`, name: 'forgets a split that was not finished' },
  },
  {
    name: 'a closed shard that lost records is noticed at the start',
    file: `${STORE}/stream.ts`,
    text: '    if (metadata.closed !== null && metadata.closed.next !== records.next) {\n',
    without: '    if (Math.random() > 1) {\n',
    test: { file: `${STORE}/stream.test.ts`, name: 'misses records of a closed shard' },
  },
  {
    name: 'a second cloud is kept out of a state folder',
    file: 'infra/local/state-lock.ts',
    text: 'if (attempt > 5 || (holder !== undefined && runs(holder))) throw',
    without: 'if (attempt > 5) throw',
    test: { file: 'infra/local/state-lock.test.ts', name: 'keeps a second opener out until it is released' },
  },

  // The local Kinesis.
  {
    name: 'a request with a bad record leaves none of the others to the next request',
    file: `${KINESIS}/operations/put-records.ts`,
    text: '    for (const shard of batches.keys()) shard.rollback();\n',
    without: '',
    test: {
      file: `${KINESIS}/operations/put-records.test.ts`,
      name: 'stores nothing when a bad record comes last',
    },
  },
  {
    name: 'records of a shard that cannot be written are not acknowledged',
    file: `${KINESIS}/operations/put-records.ts`,
    text: '      batch.failure = UNWRITTEN;\n',
    without: '',
    test: {
      file: `${KINESIS}/operations/put-records.test.ts`,
      name: 'fails only the records of the shard that cannot be written',
    },
  },
  {
    name: 'a record that is more than its shard takes is not stored',
    file: `${KINESIS}/operations/put-records.ts`,
    text: '    if (refusal === undefined) {\n      shard.stage(batch.arrival, PartitionKey, Data);\n',
    without: '    shard.stage(batch.arrival, PartitionKey, Data);\n    if (refusal === undefined) {\n',
    test: { file: `${KINESIS}/shard-limits.test.ts`, name: 'takes 1,000 records a second' },
  },
  {
    name: 'each shard has limits of its own',
    file: `${KINESIS}/shard-limits.ts`,
    text: '  #of(shard: StoredShard, now: number): Meters {\n',
    without:
      '  #of(_: StoredShard, now: number): Meters {\n    const shard = this as unknown as StoredShard;\n',
    test: { file: `${KINESIS}/shard-limits.test.ts`, name: 'limits each shard by itself' },
  },

  // The reader.
  {
    name: 'a shard is read after its parents',
    file: 'stream/lineage.ts',
    text: "        member.state === 'waiting' &&\n        member.parents.every((parent) => (this.#members.get(parent)?.state ?? 'finished') === 'finished'),\n",
    without: "        member.state === 'waiting',\n",
    test: { file: 'stream/lineage.test.ts', name: 'through a split and a merge, listed in any order' },
  },
  {
    name: 'a merged shard waits for the parent that only a full listing names',
    file: 'stream/reader.ts',
    text: '      } while (this.#relistWanted);\n',
    without: '      } while (Math.random() > 1);\n',
    test: { file: 'stream/reader.test.ts', name: 'a child whose other parent is only in a later listing' },
  },
  {
    name: 'what comes after a split is read whole, also when reading began at the tip',
    file: 'stream/lineage.ts',
    text: "    if (this.#fromLatest && this.#complete) return 'oldest';\n",
    without: '',
    test: { file: 'stream/lineage.test.ts', name: 'later shards are read whole' },
  },
  {
    name: 'the children of a shard that was read before are read whole',
    file: 'stream/lineage.ts',
    text: "    return continued ? 'oldest' : 'start';\n",
    without: "    return continued ? 'start' : 'start';\n",
    test: { file: 'stream/lineage.test.ts', name: 'children of what was read are read whole' },
  },
  {
    name: 'reading goes on after the last sequence number when an iterator has expired',
    file: 'stream/reader.ts',
    text: '    if (last) this.#origin = { after: last.sequenceNumber };\n',
    without: '    void last;\n',
    test: { file: 'stream/reader.test.ts', name: 'one that expired is renewed after the last record' },
  },
  {
    name: 'an iterator that expired at the tip skips nothing that came meanwhile',
    file: 'stream/reader.ts',
    text: '    if (this.#tip !== undefined) return at(this.#tip);\n',
    without: '',
    test: { file: 'stream/reader.test.ts', name: 'one that expired at the tip of a quiet shard' },
  },
  {
    name: 'an iterator that a restarted service does not know is renewed',
    file: 'stream/reader.ts',
    text: ' || (isInvalidRequest(error) && renewals === 0)',
    without: '',
    test: { file: 'stream/reader.test.ts', name: 'those that a restarted service no longer knows' },
  },
  {
    name: 'a failure that may pass does not end reading',
    file: 'stream/reader.ts',
    text: '        if (!retriable) throw error;\n',
    without: '        throw error;\n',
    test: { file: 'stream/reader.test.ts', name: 'a lost answer is retried without losing the position' },
  },
  {
    name: 'a reader ends only when its last batch is handled',
    file: 'stream/reader.ts',
    text: '      await onBatch({\n        shardId: shard.shardId,\n        parents: shard.parents,\n        records,\n',
    without:
      '      void onBatch({\n        shardId: shard.shardId,\n        parents: shard.parents,\n        records,\n',
    test: { file: 'stream/reader.test.ts', name: 'waits for the batch that is being handled' },
  },

  // The rules of the windows.
  {
    name: 'a reading of the same unicorn and instant is a duplicate',
    file: 'aggregation/open-window.ts',
    text: '      if (this.#offsets[from + place] === offset) return false;\n',
    without: '',
    test: { file: 'aggregation/cases.test.ts', name: '08-duplicate.json' },
  },
  {
    name: 'a reading is late by the watermark of its own shard',
    file: 'aggregation/engine.ts',
    text: 'end <= state.watermark || ',
    without: '',
    test: { file: 'aggregation/cases.test.ts', name: '20-late-by-own-shard.json' },
  },
  {
    name: 'a closed window is never reopened',
    file: 'aggregation/engine.ts',
    text: ' || end <= this.#watermark',
    without: '',
    test: { file: 'aggregation/cases.test.ts', name: '22-closed-stays-closed.json' },
  },
  {
    name: 'a watermark never falls',
    file: 'aggregation/engine.ts',
    text: '    if (instant - WINDOW.lateness > state.watermark) state.watermark =',
    without: '    state.watermark =',
    test: { file: 'aggregation/cases.test.ts', name: '38-older-reading-then-late.json' },
  },
  {
    name: 'a window waits for the slowest shard',
    file: 'aggregation/engine.ts',
    text: 'shard.watermark !== NOTHING && shard.watermark < lowest)',
    without: 'shard.watermark !== NOTHING && !(shard.watermark < lowest && lowest < Infinity))',
    test: { file: 'aggregation/cases.test.ts', name: '19-lowest-shard-decides.json' },
  },
  {
    name: 'a child shard starts at the watermark of its parents',
    file: 'aggregation/engine.ts',
    text: '    child.watermark = Math.max(child.watermark, lowest);\n',
    without: '',
    test: { file: 'aggregation/cases.test.ts', name: '24-split-both-children.json' },
  },
  {
    name: 'the child of two shards starts at the lower watermark',
    file: 'aggregation/engine.ts',
    text: 'lowest = Math.min(lowest, watermark)',
    without: 'lowest = lowest === Infinity ? watermark : Math.max(lowest, watermark)',
    test: { file: 'aggregation/cases.test.ts', name: '25-merge.json' },
  },
  {
    name: 'a short silence closes nothing',
    file: 'aggregation/engine.ts',
    text: ' || milliseconds < WINDOW.idle',
    without: '',
    test: { file: 'aggregation/cases.test.ts', name: '30-silence-too-short.json' },
  },
  {
    name: 'a reading from the future is no reading',
    file: 'aggregation/engine.ts',
    text: '    if (instant - arrival > WINDOW.future) {\n',
    without: '    if (Math.random() > 1) {\n',
    test: { file: 'aggregation/cases.test.ts', name: '15-future.json' },
  },
  {
    name: 'a reading from the future does not move the watermark',
    file: 'aggregation/engine.ts',
    text: '      return OUTCOME.future;\n',
    without:
      '      const early = this.#shards[shard]!;\n      early.watermark = Math.max(early.watermark, instant - WINDOW.lateness);\n      return OUTCOME.future;\n',
    test: { file: 'aggregation/cases.test.ts', name: '15-future.json' },
  },
  {
    name: 'a distance is rounded once, from its decimal text',
    file: 'telemetry/reading-codec.ts',
    text: "if (typeof distance === 'number') micrometres = toMillionths(scanner);",
    without: "if (typeof distance === 'number') micrometres = Math.round(distance * 1e6);",
    test: { file: 'aggregation/cases.test.ts', name: '12-exact-sum.json' },
  },
  {
    name: 'distances are summed without losing a micrometre',
    file: 'aggregation/open-window.ts',
    text: '    this.#distances[2 * row]! += metres + carry;\n    this.#distances[2 * row + 1] = rest - carry * MICROMETRES;\n',
    without:
      '    const sum = this.#distances[2 * row]! * MICROMETRES + (metres * MICROMETRES + rest);\n    this.#distances[2 * row] = Math.floor(sum / MICROMETRES);\n    this.#distances[2 * row + 1] = sum % MICROMETRES;\n    void carry;\n',
    test: { file: 'aggregation/engine.test.ts', name: 'sums distances beyond 2^53 micrometres' },
  },
  {
    name: 'a snapshot stays as it was, whatever comes while it is being written',
    file: 'aggregation/open-window.ts',
    text: '      figures: this.#figures.slice(0, this.#size * FIGURES),\n',
    without: '      figures: this.#figures.subarray(0, this.#size * FIGURES),\n',
    test: { file: 'aggregation/engine.test.ts', name: 'stays as it was, whatever happens to the engine' },
  },

  // The aggregation at work.
  {
    name: 'no window closes before every shard was asked once',
    file: 'aggregation/runner.ts',
    text: '    if (!this.#reads.someUnread) this.#closeDue();\n',
    without: '    this.#closeDue();\n',
    test: { file: 'aggregation/runner.test.ts', name: 'closes nothing before each shard has been asked' },
  },
  {
    name: 'a shard with a backlog does not count as silent',
    file: 'aggregation/shard-reads.ts',
    text: '    if (batch.millisBehindLatest > 0) {\n',
    without: '    if (Math.random() > 1) {\n',
    test: { file: 'aggregation/shard-reads.test.ts', name: 'a backlog is no silence' },
  },
  {
    name: 'silence begins anew after a backlog',
    file: 'aggregation/shard-reads.ts',
    text: '      read.silentSince = undefined;\n',
    without: '',
    test: { file: 'aggregation/shard-reads.test.ts', name: 'silence begins anew after a backlog' },
  },
  {
    name: 'silence begins anew with every record',
    file: 'aggregation/shard-reads.ts',
    text: '      if (batch.records.length > 0) read.silentSince = now;\n',
    without: '',
    test: {
      file: 'aggregation/shard-reads.test.ts',
      name: 'silence begins anew with every record',
    },
  },
  {
    name: 'no shard is read far ahead of one with a backlog',
    file: 'aggregation/shard-reads.ts',
    text: '      if (other.millisBehindLatest > 0 && this.#engine.watermarkOf(other.shard) < limit) return false;\n',
    without: '      void other, limit;\n',
    test: { file: 'aggregation/runner.test.ts', name: 'reads no shard far ahead of one with a backlog' },
  },
  {
    name: 'the child of a finished shard holds windows open while another parent is still read',
    file: 'aggregation/runner.ts',
    text: '      for (const child of children) this.#engine.startShard(child.shardId, child.parents);\n',
    without: '',
    test: { file: 'aggregation/runner.test.ts', name: 'holds windows open for the child of a merge' },
  },
  {
    name: 'a stream that was deleted and made again is read from its start',
    file: 'aggregation/runner.ts',
    text: '    if (created !== this.#created) {\n',
    without: '    if (this.#created === undefined) {\n',
    test: { file: 'aggregation/runner.test.ts', name: 'begins anew when its input stream was deleted' },
  },
  {
    name: 'nothing is sent that no checkpoint holds',
    file: 'aggregation/outbox.ts',
    text: '    this.#items.set(item.id, item);\n',
    without: '    this.#items.set(item.id, item);\n    this.#senders[stream].send(item);\n',
    test: {
      file: 'aggregation/runner.test.ts',
      name: 'leave in the checkpoint what is sent before it is sent',
    },
  },
  {
    name: 'a status does not pass over what is on its way from one stage to the next',
    file: 'infra/local/cloud.ts',
    text: '    const aggregation = (await progress?.()) ?? null;\n    return {\n      health: health(),\n      streams: kinesis.streams(),\n      mappings: lambda.mappings(),\n      aggregation,\n',
    without:
      '    return {\n      health: health(),\n      streams: kinesis.streams(),\n      mappings: lambda.mappings(),\n      aggregation: (await progress?.()) ?? null,\n',
    test: { file: 'infra/local/cloud.test.ts', name: 'asks the aggregation first' },
  },
  {
    name: 'an aggregation whose thread ended unasked does not end unheard',
    file: 'aggregation/thread.ts',
    text: '        if (!this.#stopping) broken(uncaught);\n',
    without: '',
    test: { file: 'aggregation/thread.test.ts', name: 'is told of, and nobody waits for its answer' },
  },
  {
    name: 'nothing is sent while its checkpoint fails',
    file: 'aggregation/saving.ts',
    text: '      await store.save(checkpoint);\n',
    without: '      saved(checkpoint);\n      await store.save(checkpoint);\n',
    test: { file: 'aggregation/runner.test.ts', name: 'that fail are told, hold back what would be sent' },
  },
  {
    name: 'a checkpoint holds what is still to be sent',
    file: 'aggregation/runner.ts',
    text: '      outbox: this.#outbox.items(),\n',
    without: '      outbox: [],\n',
    test: { file: 'aggregation/runner.test.ts', name: 'at any single step of reading, saving and sending' },
  },
  {
    name: 'a checkpoint has the positions of the windows that it holds',
    file: 'aggregation/runner.ts',
    text: '      positions: new Map(this.#positions),\n      engine',
    without: '      positions: this.#positions,\n      engine',
    test: {
      file: 'aggregation/runner.test.ts',
      name: 'are of one moment, however long they take to be written',
    },
  },
  {
    name: 'what is to be sent is kept until its stream acknowledges it',
    file: 'aggregation/outbox.ts',
    text: '    if (before <= this.#sent) return;\n    for (const item of this.#items.values()) {\n',
    without:
      '    if (before <= this.#sent) return;\n    for (const item of this.#items.values()) {\n      this.#items.delete(item.id);\n',
    test: { file: 'aggregation/runner.test.ts', name: 'keeps what a missing stream cannot take' },
  },
  {
    name: 'what a writer gave up is sent again',
    file: 'aggregation/outbox.ts',
    text: '        this.#putAgainLater(tag);\n',
    without: '        void tag;\n',
    test: { file: 'aggregation/runner.test.ts', name: 'keeps what a missing stream cannot take' },
  },

  // The checkpoint on disk.
  {
    name: 'a damaged checkpoint is noticed by its checksum',
    file: 'aggregation/checkpoint-format.ts',
    text: '  if (crc32(file.subarray(0, end)) !== file.readUInt32LE(end + DONE.length)) {\n',
    without: '  if (Math.random() > 1) {\n',
    test: { file: 'aggregation/checkpoint.test.ts', name: 'notices every cut and every changed byte' },
  },
  {
    name: 'a checkpoint of another version is refused',
    file: 'aggregation/checkpoint-format.ts',
    text: '  if (version !== CHECKPOINT_VERSION) throw new UnknownVersion(version);\n',
    without: '',
    test: { file: 'aggregation/checkpoint.test.ts', name: 'when another version wrote it' },
  },
  {
    name: 'a new checkpoint never overwrites the last one',
    file: 'aggregation/checkpoint.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of source text
    text: '        await write(`${path}.new`, checkpoint);\n        await rename(path, previous).catch(unlessMissing);\n        await rename(`${path}.new`, path);\n',
    without: '        await write(path, checkpoint);\n',
    test: { file: 'aggregation/checkpoint.test.ts', name: 'keeps the one before, and no temporary file' },
  },
  {
    name: 'the checkpoint before is used when the last one is damaged',
    file: 'aggregation/checkpoint.ts',
    text: '        if (older === undefined || older instanceof Damage) throw corrupt(path, last);\n',
    without: '        throw corrupt(path, last);\n',
    test: { file: 'aggregation/checkpoint.test.ts', name: 'uses the previous one, with a warning' },
  },
  {
    name: 'a damaged checkpoint does not take the place of the whole one before it',
    file: 'aggregation/checkpoint.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of source text
    text: '        await rename(path, `${path}.damaged`).catch(() => {});\n',
    without: '',
    test: { file: 'aggregation/checkpoint.test.ts', name: 'and keeps it through the next save' },
  },
  {
    name: 'the checkpoint before is used when a crash came between the two renames',
    file: 'aggregation/checkpoint.ts',
    text: '      return older;\n    },\n',
    without: '      return undefined;\n    },\n',
    test: { file: 'aggregation/checkpoint.test.ts', name: 'when a crash came between the renames' },
  },

  // Delivery to the functions.
  {
    name: 'a shard is delivered after its parents',
    file: `${LAMBDA}/delivery/event-source-mapping.ts`,
    text: '      if (shard.parents.some((parent) => known.has(parent) && !positions.get(parent)?.finished)) continue;\n',
    without: '',
    test: {
      file: `${LAMBDA}/delivery/event-source-mapping.test.ts`,
      name: 'come after all of their parents',
    },
  },
  {
    name: 'a position moves only when its records are handled',
    file: `${LAMBDA}/delivery/lane.ts`,
    text: "      const answered = await this.#invoke(batch, 'aggregate');\n",
    without: "      this.#handle(batch);\n      const answered = await this.#invoke(batch, 'aggregate');\n",
    test: {
      file: `${LAMBDA}/delivery/lane.test.ts`,
      name: 'leaves its position alone when the function was stopped',
    },
  },
  {
    name: 'a stream that was made again is not read from the positions of the one before',
    file: `${LAMBDA}/delivery/shard-delivery.ts`,
    text: '        if (isCurrent()) positions.set(key,',
    without: '        if (isCurrent !== undefined) positions.set(key,',
    test: {
      file: `${LAMBDA}/delivery/event-source-mapping.test.ts`,
      name: 'deleted under an invocation that ends after it was noticed',
    },
  },
  {
    name: 'where a mapping began is on disk before anything is delivered',
    file: `${LAMBDA}/delivery/positions.ts`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a piece of source text
    text: '      writeFileSync(`${this.#path}.begun`, this.#text());\n      renameSync(`${this.#path}.begun`, this.#path);\n',
    without: '      this.#change();\n',
    test: {
      file: `${LAMBDA}/delivery/event-source-mapping.test.ts`,
      name: 'LATEST is remembered from the moment',
    },
  },
  {
    name: 'a changed digit in the positions of a mapping is noticed',
    file: `${LAMBDA}/delivery/positions.ts`,
    text: 'checksum === checksumOf(shards) && ',
    without: '',
    test: {
      file: `${LAMBDA}/delivery/positions.test.ts`,
      name: 'notice every changed byte that means something',
    },
  },
  {
    name: 'a mapping whose positions are damaged leaves nothing out',
    file: `${LAMBDA}/delivery/positions.ts`,
    text: '    this.begin(new Map());\n',
    without: '',
    test: {
      file: `${LAMBDA}/delivery/positions.test.ts`,
      name: 'begin with the oldest record, and the file is kept',
    },
  },
  {
    name: 'a database that could not be brought to rest is closed, so that it can be opened again',
    file: 'infra/local/dynamodb/lasting-store.ts',
    text: '      await store.db.close().catch(() => {}); // else',
    without: '      // else',
    test: {
      file: 'infra/local/dynamodb/dynamodb.test.ts',
      name: 'that cannot be brought to rest is left for the next opening',
    },
  },
  {
    name: 'the positions of a mapping are replaced whole',
    file: `${LAMBDA}/delivery/positions.ts`,
    text: '    await writeFile(fresh, this.#text());\n    await rename(fresh, path);\n',
    without: '    void fresh;\n    await writeFile(path, this.#text());\n',
    test: { file: `${LAMBDA}/delivery/positions.test.ts`, name: 'are replaced, never overwritten' },
  },
  {
    name: 'everything from the first failed record on is delivered again',
    file: `${LAMBDA}/delivery/settle.ts`,
    text: '    from = Math.min(from, position);\n',
    without: '    from = position;\n',
    test: {
      file: `${LAMBDA}/delivery/settle.test.ts`,
      name: 'the lowest identifier is where the retry starts',
    },
  },
  {
    name: 'an answer that names no record of the batch fails the whole batch',
    file: `${LAMBDA}/delivery/settle.ts`,
    text: '    if (position === undefined) {\n',
    without: '    if (position === undefined) continue;\n    if (Math.random() > 1) {\n',
    test: {
      file: `${LAMBDA}/delivery/settle.test.ts`,
      name: 'an identifier outside the batch: the whole batch failed',
    },
  },
  {
    name: 'a poisonous record takes no neighbours along when its batch is split',
    file: `${LAMBDA}/delivery/settle.ts`,
    text: '  if (rules.bisectBatchOnFunctionError) {\n',
    without: '  if (Math.random() > 1) {\n',
    test: {
      file: `${LAMBDA}/delivery/lane.test.ts`,
      name: 'halves a failed batch until the poisonous record',
    },
  },
  {
    name: 'without a bound, a batch is retried until it expires',
    file: `${LAMBDA}/delivery/settle.ts`,
    text: '  if (rules.maximumRetryAttempts !== -1 && retries',
    without: '  if (retries',
    test: {
      file: `${LAMBDA}/delivery/settle.test.ts`,
      name: 'failed with retries without end: again, however often',
    },
  },
  {
    name: 'records that expired unread are counted as given up',
    file: `${LAMBDA}/delivery/lane.ts`,
    text: '    listener.discarded(lost);\n',
    without: '',
    test: {
      file: `${LAMBDA}/delivery/lane.test.ts`,
      name: 'goes on with the oldest record when those before it expired',
    },
  },

  {
    name: 'what comes between a look at a shard and its end is not left out',
    file: `${LAMBDA}/delivery/gatherer.ts`,
    text: '      if (this.#unread < shard.next && !signal.aborted) continue;\n',
    without: '',
    test: {
      file: `${LAMBDA}/delivery/event-source-mapping.test.ts`,
      name: 'LATEST is what comes after the mapping, also in shards that open later',
    },
  },
  {
    name: 'the position of a shard is that of its slowest lane',
    file: `${LAMBDA}/delivery/shard-delivery.ts`,
    text: '  for (const key of keys) positions.set(key, { after: slowest, finished: false });\n',
    without: '  void slowest;\n',
    test: {
      file: `${LAMBDA}/delivery/every-setting.test.ts`,
      name: 'a key that is held up holds up no other lane',
    },
  },
  {
    name: 'an invocation that failed leaves the state of its window alone',
    file: `${LAMBDA}/delivery/lane.ts`,
    text: "'value' in response && gotSomewhere)",
    without: "'value' in response && (gotSomewhere || true))",
    test: {
      file: `${LAMBDA}/delivery/every-setting.test.ts`,
      name: 'a response without a state is a failure',
    },
  },
  {
    name: 'a mapping that goes on has the state of its window again',
    file: `${LAMBDA}/delivery/shard-delivery.ts`,
    text: '{ after: position.after, window: position.window }',
    without: '{ after: position.after, window: undefined }',
    test: {
      file: `${LAMBDA}/delivery/every-setting.test.ts`,
      name: 'a mapping that goes on after a stop has its state again',
    },
  },
  {
    name: 'records that are too old for a mapping are not sent',
    file: `${LAMBDA}/delivery/lane.ts`,
    text: ' || record.arrival < oldest;',
    without: ' || record.arrival < oldest - Number.MAX_VALUE;',
    test: { file: `${LAMBDA}/delivery/every-setting.test.ts`, name: 'before the first invocation' },
  },

  {
    name: 'records that came from another process are read where they begin',
    file: `${LAMBDA}/delivery/event-batch.ts`,
    text: 'Buffer.from(data.buffer, data.byteOffset, data.byteLength)',
    without: 'Buffer.from(data.buffer)',
    test: {
      file: `${LAMBDA}/delivery/event-batch.test.ts`,
      name: 'is the same after a journey to another process',
    },
  },
  {
    name: 'changes that go to disk together have numbers of their own',
    file: 'infra/local/dynamodb/streams/capture.ts',
    text: '    const index = stream.next + records.length;\n',
    without: '    const index = stream.next;\n',
    test: {
      file: 'infra/local/dynamodb/streams/replay.test.ts',
      name: 'makes the table anew when it is replayed',
    },
  },

  // The functions.
  {
    name: 'a function answers with the lowest sequence number that failed',
    file: 'processor/settle.ts',
    text: 'compareSequenceNumbers(settlement.sequenceNumber, first.sequenceNumber) < 0',
    without: 'compareSequenceNumbers(settlement.sequenceNumber, first.sequenceNumber) === 1',
    test: { file: 'processor/settle.test.ts', name: 'answers with the lowest failed sequence number' },
  },
  {
    name: 'a poisonous record that is in quarantine counts as dealt with',
    file: 'processor/settle.ts',
    text: "outcome: 'quarantined', reason: verdict.reason",
    without: "outcome: 'failed', reason: verdict.reason",
    test: { file: 'processor/settle.test.ts', name: 'quarantines a refused record that comes first' },
  },
  {
    name: 'a record that could not be quarantined comes again',
    file: 'processor/settle.ts',
    text: '    if (acknowledged.has(sequenceNumber)) {\n',
    without: '    if (at < inReach) {\n',
    test: { file: 'processor/settle.test.ts', name: 'fails what cannot be quarantined' },
  },
  {
    name: 'what the quarantine stream refused of a request is put again',
    file: 'processor/quarantine/to-stream.ts',
    text: 'results[at]?.SequenceNumber === undefined',
    without: 'results[at] === undefined',
    test: {
      file: 'processor/quarantine/to-stream.test.ts',
      name: 'puts again what the stream refused of a request',
    },
  },
  {
    name: 'of one minute in a batch, the summary with the highest sequence number is stored',
    file: 'processor/store/logic.ts',
    text: '  puts.sort((a, b) => compareSequenceNumbers(a.sequenceNumber, b.sequenceNumber));\n',
    without: '',
    test: {
      file: 'processor/store/logic.test.ts',
      name: 'of one key writes the highest sequence number',
    },
  },
  {
    name: 'items that the table did not process are written again',
    file: 'processor/table-writer.ts',
    text: 'unprocessed.add(keyOf(PutRequest.Item))',
    without: 'keyOf(PutRequest.Item)',
    test: {
      file: 'processor/store/logic.test.ts',
      name: 'writes again what the table left unprocessed',
    },
  },
  {
    name: 'what a function has no time for is answered as failed',
    file: 'processor/table-writer.ts',
    text: '      return chunk.map((put) => (left.includes(put) ? verdict : HANDLED));\n',
    without: '      return chunk.map(() => HANDLED);\n',
    test: {
      file: 'processor/store/logic.test.ts',
      name: 'reports the first record that it has no time for',
    },
  },
  {
    name: 'no attempt begins when no time is left',
    file: 'processor/resend.ts',
    text: 'left.length > 0 && effort.remaining() > 0;',
    without: 'left.length > 0;',
    test: { file: 'processor/resend.test.ts', name: 'attempts nothing when no time is left' },
  },
  {
    name: 'a reading no newer than the one behind the last alert is ignored',
    file: 'processor/alert/episode.ts',
    text: '  return instant > known.instant;\n',
    without: '  return true;\n',
    test: {
      file: 'processor/alert/episode.test.ts',
      name: 'ignores what is no newer than its last alert',
    },
  },
  {
    name: 'a reading that is delivered again changes nothing',
    file: 'processor/alert/episode.ts',
    text: 'compareSequenceNumbers(sequenceNumber, known.sequenceNumber) > 0',
    without: 'true',
    test: { file: 'processor/alert/episode.test.ts', name: 'what came before it in the stream' },
  },
  {
    name: 'an alert that is told again has the same episode',
    file: 'processor/alert/episode.ts',
    text: "state === 'firing' ? statusTime : before.since;\n",
    without: "state === 'firing' ? statusTime : statusTime;\n",
    test: { file: 'processor/alert/episode.test.ts', name: 'is named after its first low reading' },
  },
  {
    name: 'an alert is kept as pending before it is published',
    file: 'processor/alert/alert-table.ts',
    text: '    ...(pending.length === 0 ? {} : { Pending: { L: pending.map((message) => ({ S: message })) } }),\n',
    without: '',
    test: {
      file: 'processor/alert/logic.test.ts',
      name: 'publishes what another environment left pending',
    },
  },
  {
    name: 'an alert is pending until it is published',
    file: 'processor/alert/outbox.ts',
    text: '        waiting.delete(name); // to the end\n        wait(name);\n        return false;\n',
    without: '        return true;\n',
    test: {
      file: 'processor/alert/logic.test.ts',
      name: 'fails no record when its message cannot be published, and tells it later',
    },
  },
  {
    name: 'an alert is decided anew when another environment was faster',
    file: 'processor/alert/alert-table.ts',
    text: "error.name === 'ConditionalCheckFailedException') return false;",
    without: "error.name === 'ConditionalCheckFailedException') return true;",
    test: {
      file: 'processor/alert/logic.test.ts',
      name: 'decides anew when another environment was faster',
    },
  },
  {
    name: 'what was known of a unicorn whose records failed is forgotten',
    file: 'processor/alert/logic.ts',
    text: '    memory.forget(name);\n',
    without: '',
    test: { file: 'processor/alert/logic.test.ts', name: 'forgets what it knew of a unicorn' },
  },

  // Those that have lists of their own, beside this one.
  ...STORE_PROTECTIONS,
  ...ALERT_PROTECTIONS,
  ...FILE_PROTECTIONS,
  ...FLINK_PROTECTIONS,
  ...CONTROL_PROTECTIONS,
  ...SEARCH_PROTECTIONS,
  ...OPENSEARCH_PROTECTIONS,
  ...ARCHIVE_QUERY_PROTECTIONS,
  // The books.
  {
    name: 'a run of which something acknowledged was not delivered does not balance',
    file: 'telemetry/balance.ts',
    text: '    sent.acknowledged <= tally.delivered &&\n',
    without: '',
    test: { file: 'telemetry/balance.test.ts', name: '11 acknowledged and 5 uncertain of 10 delivered' },
  },
  {
    name: 'a run of which more was delivered than sent does not balance',
    file: 'telemetry/balance.ts',
    text: '    sent.acknowledged <= tally.delivered &&\n    tally.delivered <= sent.acknowledged + sent.uncertain\n',
    without: '    sent.acknowledged <= tally.delivered\n',
    test: { file: 'telemetry/balance.test.ts', name: '9 acknowledged and +0 uncertain of 10 delivered' },
  },
  {
    name: 'a run with a record without a fate does not balance',
    file: 'telemetry/balance.ts',
    text: '    everyRecordHasOneFate(tally) &&\n',
    without: '',
    test: { file: 'telemetry/balance.test.ts', name: 'fails on a record without a fate' },
  },
  {
    name: 'what a killed run left unread is not counted as the next one’s',
    file: 'cli/producer/books.ts',
    text: '  const behind = !(await caughtUp(control, signal));\n',
    without: '  const behind = false;\n',
    test: { file: 'cli/producer/books.test.ts', name: 'what an earlier run left unread is waited for' },
  },
  {
    name: 'a run of which a closed window is not in the table does not balance',
    file: 'cli/producer/report.ts',
    text: '  return pending <= tally.late + tally.quarantined + tally.open;\n',
    without: '  return pending >= 0 || tally.open > 0;\n',
    test: { file: 'cli/producer/report.test.ts', name: 'a window that is closed and not in the table' },
  },
  {
    name: 'a run that does not balance says so by its exit status',
    file: 'cli/producer/report.ts',
    text: '  if (!report.balanced) return EXIT_STATUS.UNBALANCED;\n',
    without: '',
    test: { file: 'cli/producer/report.test.ts', name: 'does not balance: a record without a fate' },
  },
  {
    name: 'a run reports only when everything acknowledged was judged',
    file: 'cli/producer/drain.ts',
    text: '    return { done: tally.delivered >= options.acknowledged, mark',
    without: '    return { done: true, mark',
    test: { file: 'cli/producer/drain.test.ts', name: 'gives up where nothing moves any more, and says so' },
  },
  {
    name: 'a window that an earlier run left open is not in the books of this one',
    file: 'cli/producer/books.ts',
    text: '  return firstClosed\n    ?',
    without: '  return Math.random() > 1\n    ?',
    test: {
      file: 'cli/producer/books.test.ts',
      name: "a window that an earlier run left open is not this run's",
    },
  },
];
