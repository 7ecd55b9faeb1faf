package com.wildrydes.aggregation.rules;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/** Writes a summary as one JSON object and a newline, byte for byte as encodeSummary in telemetry/summary-codec.ts. */
public final class SummaryEncoder {
    /** Decimal digits that always come back from a double as they were. */
    private static final int DIGITS = 15;

    private SummaryEncoder() {}

    /** @return one JSON object and a newline, in UTF-8 */
    public static byte[] encode(Summary summary) {
        StringBuilder json = new StringBuilder(192).append("{\"Name\":");
        JsonText.append(json, summary.name());
        json.append(",\"StatusTime\":\"").append(StatusTime.format(summary.start()));
        json.append("\",\"Distance\":").append(nearestDouble(summary.distance()));
        json.append(",\"MinMagicPoints\":").append(summary.minMagic());
        json.append(",\"MaxMagicPoints\":").append(summary.maxMagic());
        json.append(",\"MinHealthPoints\":").append(summary.minHealth());
        json.append(",\"MaxHealthPoints\":").append(summary.maxHealth());
        json.append(",\"Readings\":").append(summary.readings()).append("}\n");
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The shortest digits that stand for the double nearest to a decimal; of several, the nearest to it, and of two as
     * near the even one. That is what JavaScript writes; Double.toString does not always before Java 19 (JDK-4511638).
     *
     * <p>A power of two is nearer to the double below it than to the one above, and may have shorter digits than its
     * nearest ones. Those with at most 6 decimals and 15 digits before the point are short as they are.
     *
     * <p>Source: https://tc39.es/ecma262/#sec-numeric-types-number-tostring
     *
     * @param decimal from 0 to 1e15, with at most 6 decimals
     */
    static String nearestDouble(BigDecimal decimal) {
        if (decimal.signum() == 0) return "0";
        BigDecimal exact = decimal.stripTrailingZeros();
        if (exact.precision() <= DIGITS) return exact.toPlainString();
        double nearest = exact.doubleValue();
        BigDecimal value = new BigDecimal(nearest);
        for (int digits = DIGITS; ; digits++) {
            BigDecimal shorter = value.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (shorter.doubleValue() == nearest) return shorter.stripTrailingZeros().toPlainString();
        }
    }
}
