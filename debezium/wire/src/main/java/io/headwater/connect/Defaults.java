package io.headwater.connect;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;

/** The default of a Connect schema as Avro's schemas write it. */
final class Defaults {
  private Defaults() {}

  static Object of(Schema schema) {
    Object value = underlying(schema, schema.defaultValue());
    if (value instanceof Byte || value instanceof Short) {
      return ((Number) value).intValue();
    }
    if (value instanceof ByteBuffer) {
      return text(((ByteBuffer) value).duplicate());
    }
    if (value instanceof byte[]) {
      return text(ByteBuffer.wrap((byte[]) value));
    }
    if (value instanceof Number || value instanceof String || value instanceof Boolean) {
      return value;
    }
    throw new DataException("a default of type " + schema.type() + " has no Avro form here");
  }

  private static Object underlying(Schema schema, Object value) {
    if (schema.name() == null) {
      return value;
    }
    switch (schema.name()) {
      case Decimal.LOGICAL_NAME:
        return Decimal.fromLogical(schema, (BigDecimal) value);
      case Date.LOGICAL_NAME:
        return Date.fromLogical(schema, (java.util.Date) value);
      case Time.LOGICAL_NAME:
        return Time.fromLogical(schema, (java.util.Date) value);
      case Timestamp.LOGICAL_NAME:
        return Timestamp.fromLogical(schema, (java.util.Date) value);
      default:
        return value;
    }
  }

  /** Avro writes bytes in JSON as one character per byte. */
  private static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes).toString();
  }
}
