package com.wildrydes.aggregation.sink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Records that a checkpoint holds, and that may be sent therefore: as many as one request takes.
 *
 * @param id tells it from every other
 * @param records what is still to be sent, in order
 */
record Batch(UUID id, List<Outgoing> records) {
    /** Batches as bytes. Another version of the bytes is refused, never guessed at. */
    static final class Serializer implements SimpleVersionedSerializer<Batch> {
        private static final int VERSION = 1;

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(Batch batch) throws IOException {
            DataOutputSerializer out = new DataOutputSerializer(256 * batch.records().size() + 32);
            out.writeLong(batch.id().getMostSignificantBits());
            out.writeLong(batch.id().getLeastSignificantBits());
            out.writeInt(batch.records().size());
            for (Outgoing record : batch.records()) {
                out.writeUTF(record.partitionKey());
                out.writeInt(record.data().length);
                out.write(record.data());
            }
            return out.getCopyOfBuffer();
        }

        @Override
        public Batch deserialize(int version, byte[] bytes) throws IOException {
            if (version != VERSION) {
                throw new IOException("the sink's state must be of version " + VERSION + " (given " + version + ")");
            }
            DataInputDeserializer in = new DataInputDeserializer(bytes);
            UUID id = new UUID(in.readLong(), in.readLong());
            int count = in.readInt();
            List<Outgoing> records = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                String key = in.readUTF();
                byte[] data = new byte[in.readInt()];
                in.readFully(data);
                records.add(new Outgoing(key, data));
            }
            return new Batch(id, records);
        }
    }
}
