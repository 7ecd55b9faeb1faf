package com.wildrydes.aggregation.rules;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.charset.StandardCharsets;

/**
 * Reads a record of the stream {@code wildrydes}. The twin of decodeReading in telemetry/reading-codec.ts: the same
 * verdict for the same bytes, and the same words. Latitude and longitude are judged and dropped.
 *
 * <p>One decoder is for one thread; it keeps nothing of a record.
 */
public final class ReadingDecoder {
    private static final byte[][] NAMES = {
        "Name".getBytes(US_ASCII),
        "StatusTime".getBytes(US_ASCII),
        "Latitude".getBytes(US_ASCII),
        "Longitude".getBytes(US_ASCII),
        "Distance".getBytes(US_ASCII),
        "MagicPoints".getBytes(US_ASCII),
        "HealthPoints".getBytes(US_ASCII),
    };

    /** Most characters of a name: those of a partition key. */
    private static final int NAME_LENGTH = 256;

    private static final int LARGEST_LATITUDE = 90;
    private static final int LARGEST_LONGITUDE = 180;
    private static final int LARGEST_DISTANCE = 1_000_000;

    /** Exponent of ten of a micrometre, in metres. */
    private static final int MICRO = 6;

    private static final long[] POWERS_OF_TEN = new long[19];

    static {
        POWERS_OF_TEN[0] = 1;
        for (int power = 1; power < POWERS_OF_TEN.length; power++) {
            POWERS_OF_TEN[power] = 10 * POWERS_OF_TEN[power - 1];
        }
    }

    private final JsonScanner scanner = new JsonScanner();

    /** Of each attribute, why it is not valid; null if it is. */
    private final String[] faults = new String[NAMES.length];

    private String name;
    private long instant;
    private long micrometres;
    private int magicPoints;
    private int healthPoints;

    /** @return the reading, or why it is none. Never throws. */
    public Decoded decode(byte[] record) {
        for (int index = 0; index < faults.length; index++) faults[index] = MISSING[index];
        if (!scanner.open(record)) return new Invalid(scanner.fault);
        for (; ; ) {
            int found = scanner.attribute(NAMES);
            if (found == JsonScanner.END) break;
            if (found == JsonScanner.FAULT || !scanner.value()) return new Invalid(scanner.fault);
            if (found != JsonScanner.EXTRA) faults[found] = read(found);
        }
        for (String fault : faults) {
            if (fault != null) return new Invalid(fault);
        }
        return new Reading(name, instant, micrometres, magicPoints, healthPoints);
    }

    private static final String[] MISSING = new String[NAMES.length];

    static {
        for (int index = 0; index < MISSING.length; index++) {
            MISSING[index] = new String(NAMES[index], US_ASCII) + " is missing";
        }
    }

    /** Takes the value just scanned. Gives why it is not valid, or null. */
    private String read(int attribute) {
        switch (attribute) {
            case 0:
                return readName();
            case 1:
                return readInstant();
            case 2:
                return readNumber("Latitude", -LARGEST_LATITUDE, LARGEST_LATITUDE);
            case 3:
                return readNumber("Longitude", -LARGEST_LONGITUDE, LARGEST_LONGITUDE);
            case 4:
                String fault = readNumber("Distance", 0, LARGEST_DISTANCE);
                if (fault == null) micrometres = millionths();
                return fault;
            case 5:
                String magicFault = readInteger("MagicPoints");
                if (magicFault == null) magicPoints = integer();
                return magicFault;
            default:
                String healthFault = readInteger("HealthPoints");
                if (healthFault == null) healthPoints = integer();
                return healthFault;
        }
    }

    private String readName() {
        if (scanner.kind != JsonScanner.Kind.STRING) return mustBe("Name", "a string");
        name = scanner.text();
        if (scanner.plain && !name.isEmpty() && name.length() <= NAME_LENGTH) return null;
        String fault = nameFault(name);
        return fault == null ? null : "Name " + fault + " (given " + Utf8.quote(name) + ")";
    }

    private static String nameFault(String name) {
        if (name.isEmpty()) return "must not be empty";
        // A character takes one or two UTF-16 units, so most lengths are decided without counting.
        if (name.length() > NAME_LENGTH
                && (name.length() > 2 * NAME_LENGTH || name.codePointCount(0, name.length()) > NAME_LENGTH)) {
            return "must have at most " + NAME_LENGTH + " characters";
        }
        for (int at = 0; at < name.length(); ) {
            int character = name.codePointAt(at);
            int type = Character.getType(character);
            if (type == Character.CONTROL || type == Character.SURROGATE) {
                return "must have neither control characters nor lone surrogates";
            }
            at += Character.charCount(character);
        }
        return null;
    }

    private String readInstant() {
        if (scanner.kind != JsonScanner.Kind.STRING) return mustBe("StatusTime", "a string");
        if (scanner.plain) {
            instant = StatusTime.parse(scanner.bytes(), scanner.from + 1, scanner.to - 1);
        } else {
            byte[] text = scanner.text().getBytes(StandardCharsets.UTF_8);
            instant = StatusTime.parse(text, 0, text.length);
        }
        if (instant != StatusTime.NONE) return null;
        return mustBe("StatusTime", "a real time such as 2026-01-31 12:00:00.000");
    }

    private String readNumber(String attribute, int least, int most) {
        if (scanner.kind != JsonScanner.Kind.NUMBER) return mustBe(attribute, "a number");
        long bound = scanner.negative ? -(long) least : most;
        if (isAtMost(bound)) return null;
        return mustBe(attribute, "from " + least + " to " + most);
    }

    private String readInteger(String attribute) {
        if (scanner.kind != JsonScanner.Kind.NUMBER) return mustBe(attribute, "an integer");
        long bound = scanner.negative ? -(long) Integer.MIN_VALUE : Integer.MAX_VALUE;
        if (isAtMost(bound) && !isFractional()) return null;
        return mustBe(attribute, "an integer from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
    }

    private int integer() {
        return (int) (scanner.negative ? -whole() : whole());
    }

    /** Whether the number without its sign is at most a bound, by its decimal value. */
    private boolean isAtMost(long bound) {
        long whole = whole();
        return whole < bound || (whole == bound && !isFractional());
    }

    /** The integer part without its sign; the largest long for all that is too large. */
    private long whole() {
        long mantissa = scanner.mantissa;
        long exponent = scanner.exponent;
        if (mantissa == 0 || exponent == 0) return mantissa;
        if (exponent < 0) return exponent <= -POWERS_OF_TEN.length ? 0 : mantissa / POWERS_OF_TEN[(int) -exponent];
        if (exponent >= POWERS_OF_TEN.length) return Long.MAX_VALUE;
        long power = POWERS_OF_TEN[(int) exponent];
        return mantissa > Long.MAX_VALUE / power ? Long.MAX_VALUE : mantissa * power;
    }

    private boolean isFractional() {
        long mantissa = scanner.mantissa;
        long exponent = scanner.exponent;
        if (mantissa == 0) return false;
        // What follows the mantissa is less than one of its last digit: part of an integer only if that counts tens.
        if (scanner.more && exponent <= 0) return true;
        if (exponent >= 0) return false;
        return exponent <= -POWERS_OF_TEN.length || mantissa % POWERS_OF_TEN[(int) -exponent] != 0;
    }

    /** Millionths of a number from 0 to 1e6, rounded half up from its digits. */
    private long millionths() {
        long mantissa = scanner.mantissa;
        long exponent = scanner.exponent + MICRO;
        if (mantissa == 0) return 0;
        if (exponent >= 0) return mantissa * POWERS_OF_TEN[(int) exponent];
        if (exponent <= -POWERS_OF_TEN.length) return 0;
        // Rounding half up needs no digit after the first that it drops, so that what follows does not matter.
        long unit = POWERS_OF_TEN[(int) -exponent];
        long whole = mantissa / unit;
        return 2 * (mantissa - whole * unit) >= unit ? whole + 1 : whole;
    }

    private String mustBe(String attribute, String allowed) {
        return attribute + " must be " + allowed + " (given " + scanner.given() + ")";
    }
}
