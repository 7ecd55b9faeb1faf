package com.wildrydes.aggregation.sink;

/**
 * A record for an output stream.
 *
 * @param partitionKey 1 to 256 characters
 * @param data its bytes
 */
public record Outgoing(String partitionKey, byte[] data) {}
