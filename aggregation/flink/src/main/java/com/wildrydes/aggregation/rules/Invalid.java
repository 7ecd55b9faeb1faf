package com.wildrydes.aggregation.rules;

/** A record that is not a valid reading. @param reason why, in words meant for a person */
public record Invalid(String reason) implements Decoded {}
