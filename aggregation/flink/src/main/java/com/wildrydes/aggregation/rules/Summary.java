package com.wildrydes.aggregation.rules;

import java.math.BigDecimal;

/**
 * One unicorn's minute.
 *
 * @param name unicorn
 * @param start of the minute, milliseconds since the epoch
 * @param distance metres, the exact sum: from 0, with at most 6 decimals
 * @param minMagic least MagicPoints
 * @param maxMagic most MagicPoints
 * @param minHealth least HealthPoints
 * @param maxHealth most HealthPoints
 * @param readings how many are in it
 */
public record Summary(
        String name,
        long start,
        BigDecimal distance,
        int minMagic,
        int maxMagic,
        int minHealth,
        int maxHealth,
        long readings) {}
