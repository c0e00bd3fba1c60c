package io.headwater.connect;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The compacted topic of schemas: key = fingerprint in hex, value = the schema's JSON. */
class SchemaTopic {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaTopic.class);

  // Shared by all converters of a worker: Connect 3.7 never closes a converter, so a producer of
  // its own would stay behind at every restart of a task.
  private static final Map<Map<String, Object>, Producer<byte[], byte[]>> PRODUCERS =
      new ConcurrentHashMap<>();

  private final WireConfig config;
  private boolean ready;

  SchemaTopic(WireConfig config) {
    this.config = config;
  }

  static String key(long fingerprint) {
    return String.format("%016x", fingerprint);
  }

  /** Returns when the schema is safely in the topic; throws a retriable error when it is not. */
  void announce(long fingerprint, Schema schema) {
    try {
      if (!ready) {
        prepare();
        ready = true;
      }
      send(key(fingerprint), schema.toString());
      LOG.info("schema {} of {} is in {}", key(fingerprint), schema.getFullName(), config.topic());
    } catch (ExecutionException | TimeoutException | KafkaException error) {
      forgetProducer();
      throw new RetriableException(
          "the schema of " + schema.getFullName() + " could not be written to topic "
              + config.topic() + ": " + error.getMessage(),
          error);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new ConnectException("interrupted while writing a schema", error);
    }
  }

  /** Creates the topic; one that exists already (brokers make topics by themselves) is mended. */
  private void prepare() throws ExecutionException, InterruptedException, TimeoutException {
    Optional<Short> replicas =
        config.replicationFactor() < 1
            ? Optional.empty()
            : Optional.of(config.replicationFactor());
    NewTopic wanted =
        new NewTopic(config.topic(), Optional.of(1), replicas)
            .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    try (Admin admin = Admin.create(config.clientProperties())) {
      admin.createTopics(List.of(wanted)).all().get(config.timeoutMs(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException error) {
      if (!(error.getCause() instanceof TopicExistsException)) {
        throw error;
      }
      makeCompacted();
    }
  }

  private void makeCompacted() throws ExecutionException, InterruptedException, TimeoutException {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, config.topic());
    ConfigEntry compact =
        new ConfigEntry(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    AlterConfigOp set = new AlterConfigOp(compact, AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(config.clientProperties())) {
      admin
          .incrementalAlterConfigs(Map.of(topic, List.of(set)))
          .all()
          .get(config.timeoutMs(), TimeUnit.MILLISECONDS);
    }
  }

  private void send(String key, String value)
      throws ExecutionException, InterruptedException, TimeoutException {
    ProducerRecord<byte[], byte[]> entry =
        new ProducerRecord<>(
            config.topic(),
            key.getBytes(StandardCharsets.US_ASCII),
            value.getBytes(StandardCharsets.UTF_8));
    PRODUCERS
        .computeIfAbsent(producerProperties(), SchemaTopic::newProducer)
        .send(entry)
        .get(config.timeoutMs(), TimeUnit.MILLISECONDS);
  }

  private void forgetProducer() {
    Producer<byte[], byte[]> broken = PRODUCERS.remove(producerProperties());
    if (broken != null) {
      broken.close(java.time.Duration.ZERO);
    }
  }

  private Map<String, Object> producerProperties() {
    Map<String, Object> properties = config.clientProperties();
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, "headwater-schemas");
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, config.timeoutMs());
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, config.timeoutMs());
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, config.timeoutMs());
    return properties;
  }

  private static Producer<byte[], byte[]> newProducer(Map<String, Object> properties) {
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
