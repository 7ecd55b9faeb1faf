package com.wildrydes.aggregation.rules;

/** What a record turned out to be. */
public sealed interface Decoded permits Reading, Invalid {}
