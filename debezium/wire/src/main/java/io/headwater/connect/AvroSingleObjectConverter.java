package io.headwater.connect;

import java.io.Closeable;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;

/**
 * Writes keys and values as Avro single-object encoding.
 *
 * <p>Bytes {@code C3 01}, the schema's CRC-64-AVRO fingerprint (little endian), the Avro body. A
 * schema is in the schemas topic before the first message that uses it is handed to the producer.
 */
public final class AvroSingleObjectConverter implements Converter, Closeable {
  /** A connector has two schemas per table and a new one per DDL: far below this. */
  private static final int MOST_ENCODERS = 10_000;

  // By identity: connectors reuse their schema objects, and comparing wide schemas is slow.
  private final Map<Schema, MessageEncoder> encoders = new IdentityHashMap<>();
  private SchemaTopic schemas;

  @Override
  public ConfigDef config() {
    return WireConfig.DEFINITION;
  }

  @Override
  public void configure(Map<String, ?> properties, boolean isKey) {
    schemas = new SchemaTopic(new WireConfig(properties));
  }

  /** For tests: announces schemas wherever they want them. */
  void configure(SchemaTopic topic) {
    schemas = topic;
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
    return encoderOf(topic, schema).encode(topic, value);
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
