package io.headwater.connect;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.connect.errors.RetriableException;

/** A schemas topic that only remembers, or fails when told to. */
final class RecordingTopic extends SchemaTopic {
  final Map<Long, Schema> announced = new LinkedHashMap<>();
  int times;
  boolean broken;

  RecordingTopic() {
    super(new WireConfig(Map.of("bootstrap.servers", "127.0.0.1:9")));
  }

  @Override
  void announce(long fingerprint, Schema schema) {
    if (broken) {
      throw new RetriableException("no broker");
    }
    times++;
    announced.put(fingerprint, schema);
  }
}
