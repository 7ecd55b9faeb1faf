package com.wildrydes.aggregation.rules;

/**
 * A record that is not a valid reading.
 *
 * @param reason why, in words meant for a person: those of telemetry/, with at most 60 characters of what was given
 */
public record Invalid(String reason) implements Decoded {}
