package io.headwater.connect;

import java.io.Closeable;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes keys and values as Avro single-object encoding.
 *
 * <p>Bytes {@code C3 01}, the schema's CRC-64-AVRO fingerprint (little endian), the Avro body. A
 * schema is in the schemas topic before the first message that uses it is handed to the producer.
 */
public final class AvroSingleObjectConverter implements Converter, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(AvroSingleObjectConverter.class);

  /** A connector has two schemas per table and a new one per DDL: far below this. */
  private static final int MOST_ENCODERS = 10_000;

  // By identity: connectors reuse their schema objects, and comparing wide schemas is slow.
  private final Map<Schema, MessageEncoder> encoders = new IdentityHashMap<>();
  private SchemaTopic schemas;
  private int mostBytes = Integer.MAX_VALUE;

  @Override
  public ConfigDef config() {
    return WireConfig.DEFINITION;
  }

  @Override
  public void configure(Map<String, ?> properties, boolean isKey) {
    WireConfig config = new WireConfig(properties);
    configure(new SchemaTopic(config), config.mostBytes());
  }

  /** For tests: announces schemas wherever they want them. */
  void configure(SchemaTopic topic, int limit) {
    schemas = topic;
    mostBytes = limit;
  }

  @Override
  public synchronized byte[] fromConnectData(String topic, Schema schema, Object value) {
    if (value == null) {
      return null;
    }
    if (schema == null) {
      throw new DataException(
          "topic " + topic + ": a message without a schema cannot be written as Avro;"
              + " use a connector (and transforms) that keep the schema");
    }
    MessageEncoder encoder = encoderOf(topic, schema);
    byte[] message = encoder.encode(topic, value);
    return message.length <= mostBytes
        ? message
        : smaller(topic, encoder, (Struct) value, message.length);
  }

  /** The same change without its row before; a mark in its place where that is too large as well. */
  private byte[] smaller(String topic, MessageEncoder encoder, Struct value, long size) {
    Struct shorter = Oversized.withoutBefore(value);
    byte[] message = shorter == null ? null : encoder.encode(topic, shorter);
    if (message != null && message.length <= mostBytes) {
      return message;
    }
    long left = message == null ? size : message.length;
    Struct mark = Oversized.mark(value, encoder.fingerprint(), left, mostBytes);
    LOG.warn("topic {}: a message of {} bytes is left out, the limit is {}", topic, left, mostBytes);
    return encoderOf(topic, mark.schema()).encode(topic, mark);
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] value) {
    if (value == null) {
      return SchemaAndValue.NULL;
    }
    throw new DataException(
        "topic " + topic + ": this converter only writes. The lake job reads these topics; other"
            + " readers take the writer's schema from the schemas topic, by the fingerprint");
  }

  @Override
  public void close() {
    encoders.clear();
  }

  private MessageEncoder encoderOf(String topic, Schema schema) {
    MessageEncoder known = encoders.get(schema);
    if (known != null) {
      return known;
    }
    if (encoders.size() >= MOST_ENCODERS) {
      encoders.clear();
    }
    MessageEncoder encoder = MessageEncoder.of(topic, schema);
    schemas.announce(encoder.fingerprint(), encoder.schema());
    encoders.put(schema, encoder);
    return encoder;
  }
}
