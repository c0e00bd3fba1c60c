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
  static final String CLIENT_PREFIX = "client.";

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
              "how long writing a schema may take before the message is tried again");

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

  /** For Kafka clients: {@code client.security.protocol=SSL} becomes {@code security.protocol}. */
  Map<String, Object> clientProperties() {
    Map<String, Object> properties = new HashMap<>(originalsWithPrefix(CLIENT_PREFIX));
    properties.put(BOOTSTRAP_SERVERS, getString(BOOTSTRAP_SERVERS));
    return properties;
  }
}
