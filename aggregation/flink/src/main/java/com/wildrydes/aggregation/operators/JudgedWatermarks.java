package com.wildrydes.aggregation.operators;

import com.wildrydes.aggregation.rules.ShardState;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/** Passes the judge's watermark on to Flink, whose watermark T says that nothing at or before T comes: hence the 1 ms. */
final class JudgedWatermarks implements WatermarkGenerator<Judged> {
    private long last = ShardState.NOTHING;

    @Override
    public void onEvent(Judged judged, long timestamp, WatermarkOutput output) {
        if (judged.watermark() <= last) return;
        last = judged.watermark();
        output.emitWatermark(new Watermark(EventTime.forFlink(last) - 1));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // It moves with events only.
    }
}
