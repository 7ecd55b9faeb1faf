package com.wildrydes.aggregation.source;

import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/**
 * A reader tells the enumerator which shards it has read to their ends, so that their children may be read.
 *
 * @param shards those, which may be of a stream that was deleted since
 */
record ShardsFinished(List<ShardSplit> shards) implements SourceEvent {}
