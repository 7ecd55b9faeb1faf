package com.wildrydes.aggregation.rules;

/**
 * A valid reading, as far as the aggregation needs it.
 *
 * @param name unicorn, 1 to 256 Unicode characters
 * @param instant StatusTime, milliseconds since the epoch
 * @param micrometres Distance, rounded half up from the decimal text; at most 1e12
 * @param magicPoints 32-bit integer
 * @param healthPoints 32-bit integer
 */
public record Reading(String name, long instant, long micrometres, int magicPoints, int healthPoints)
        implements Decoded {}
