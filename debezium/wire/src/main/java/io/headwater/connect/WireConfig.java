package io.headwater.connect;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/** What can be set on the converter, as {@code key.converter.*} and {@code value.converter.*}. */
final class WireConfig extends AbstractConfig {
  static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
  static final String TOPIC = "schemas.topic";
  static final String REPLICATION_FACTOR = "schemas.replication.factor";
  static final String TIMEOUT_MS = "timeout.ms";
  static final String MOST_BYTES = "max.message.bytes";
  static final String CLIENT_PREFIX = "client.";

  /** 20 MiB, the producer's limit here, less 64 KiB for the key and what surrounds it. */
  static final int DEFAULT_MOST_BYTES = 20 * 1024 * 1024 - 64 * 1024;

  private static final int LEAST_LIMIT = 1024;

  static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(BOOTSTRAP_SERVERS, Type.STRING, Importance.HIGH, "Kafka of the schemas topic")
          .define(TOPIC, Type.STRING, "_headwater.schemas", Importance.HIGH, "the schemas topic")
          .define(
              REPLICATION_FACTOR,
              Type.SHORT,
              (short) -1,
              Importance.MEDIUM,
              "replicas of the schemas topic if the converter creates it; -1: the broker's default")
          .define(
              TIMEOUT_MS,
              Type.INT,
              30_000,
              Importance.LOW,
              "how long writing a schema may take before the message is tried again")
          .define(
              MOST_BYTES,
              Type.INT,
              DEFAULT_MOST_BYTES,
              ConfigDef.Range.atLeast(LEAST_LIMIT),
              Importance.MEDIUM,
              "bytes of the largest message; a larger one is replaced by a mark. It has to be less"
                  + " than the producer's max.request.size, which counts key and headers too");

  WireConfig(Map<String, ?> properties) {
    super(DEFINITION, properties, false);
  }

  String topic() {
    return getString(TOPIC);
  }

  short replicationFactor() {
    return getShort(REPLICATION_FACTOR);
  }

  int timeoutMs() {
    return getInt(TIMEOUT_MS);
  }

  int mostBytes() {
    return getInt(MOST_BYTES);
  }

  /** For Kafka clients: {@code client.security.protocol=SSL} becomes {@code security.protocol}. */
  Map<String, Object> clientProperties() {
    Map<String, Object> properties = new HashMap<>(originalsWithPrefix(CLIENT_PREFIX));
    properties.put(BOOTSTRAP_SERVERS, getString(BOOTSTRAP_SERVERS));
    return properties;
  }
}
