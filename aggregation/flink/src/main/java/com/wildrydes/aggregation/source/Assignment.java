package com.wildrydes.aggregation.source;

import java.util.List;

/**
 * Which shards are where, as a checkpoint keeps it.
 *
 * @param streamCreated when the stream was created, milliseconds since the epoch; 0: not known yet
 * @param assigned shards that readers have
 * @param finished shards that were read to their ends
 * @param returned splits that a reader which failed has given back
 */
record Assignment(long streamCreated, List<String> assigned, List<String> finished, List<ShardSplit> returned) {}
