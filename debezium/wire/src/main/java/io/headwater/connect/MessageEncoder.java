package io.headwater.connect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;

/** Encodes the messages of one schema. Not thread-safe: it reuses its buffers. */
final class MessageEncoder {
  private static final byte[] MARKER = {(byte) 0xC3, 0x01};
  private static final int USUAL_BYTES = 1024;
  private static final int MOST_BYTES_KEPT = 1024 * 1024;

  private final org.apache.avro.Schema schema;
  private final long fingerprint;
  private final byte[] header;
  private final ValueWriter writer;
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
  private BinaryEncoder body;

  private MessageEncoder(org.apache.avro.Schema schema, ValueWriter writer) {
    this.schema = schema;
    this.writer = writer;
    this.fingerprint = SchemaNormalization.parsingFingerprint64(schema);
    this.header =
        ByteBuffer.allocate(MARKER.length + Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MARKER)
            .putLong(fingerprint)
            .array();
  }

  static MessageEncoder of(String topic, Schema schema) {
    if (schema.type() != Schema.Type.STRUCT) {
      throw new DataException(
          "topic " + topic + ": a message must be a struct, this one is " + schema.type()
              + "; remove the transform that flattens it");
    }
    org.apache.avro.Schema record = AvroSchemas.messageSchema(schema);
    return new MessageEncoder(record, Writers.required(schema, record));
  }

  org.apache.avro.Schema schema() {
    return schema;
  }

  long fingerprint() {
    return fingerprint;
  }

  byte[] encode(String topic, Object value) {
    bytes.reset();
    bytes.write(header, 0, header.length);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, body);
    // Given back only after a success: a failed message leaves its beginning in the buffer.
    body = null;
    try {
      writer.write(value, encoder);
      encoder.flush();
      body = encoder;
    } catch (IOException | ClassCastException error) {
      throw new DataException(
          "topic " + topic + ": a value does not fit its schema " + schema.getFullName(), error);
    }
    byte[] message = bytes.toByteArray();
    if (message.length > MOST_BYTES_KEPT) {
      // A buffer never shrinks, and each schema has one.
      bytes = new ByteArrayOutputStream(USUAL_BYTES);
      body = null;
    }
    return message;
  }
}
