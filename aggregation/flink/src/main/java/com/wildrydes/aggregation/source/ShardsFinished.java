package com.wildrydes.aggregation.source;

import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/** A reader tells the enumerator which shards it has read to their ends, so that their children may be read. */
record ShardsFinished(List<String> shardIds) implements SourceEvent {}
