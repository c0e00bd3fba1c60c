package io.headwater.connect;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * What is written in place of a message that no broker would take.
 *
 * <p>Left to the producer, such a message fails the task, and every table waits. The mark stands at
 * the message's place in the topic, under its key, and tells what is missing.
 */
final class Oversized {
  static final String NAME = "io.headwater.Oversized";

  private static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name(NAME)
          .version(1)
          .field("op", Schema.OPTIONAL_STRING_SCHEMA)
          .field("size", Schema.INT64_SCHEMA)
          .field("limit", Schema.INT64_SCHEMA)
          .field("schema", Schema.STRING_SCHEMA)
          .field("gtid", Schema.OPTIONAL_STRING_SCHEMA)
          .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
          .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
          .build();

  private Oversized() {}

  /** The change without the row as it was before, which the lake does not need; null: has none. */
  static Struct withoutBefore(Struct value) {
    Field before = value.schema().field("before");
    if (before == null || !before.schema().isOptional() || value.get(before) == null) {
      return null;
    }
    Struct smaller = new Struct(value.schema());
    for (Field field : value.schema().fields()) {
      if (field != before) {
        smaller.put(field, value.getWithoutDefault(field.name()));
      }
    }
    return smaller;
  }

  /** The mark; {@code fingerprint} is that of the schema which the message would have had. */
  static Struct mark(Struct value, long fingerprint, long size, long limit) {
    Object source = of(value, "source");
    return new Struct(SCHEMA)
        .put("op", of(value, "op"))
        .put("size", size)
        .put("limit", limit)
        .put("schema", SchemaTopic.key(fingerprint))
        .put("gtid", of(source, "gtid"))
        .put("snapshot", of(source, "snapshot"))
        .put("ts_ms", of(source, "ts_ms"));
  }

  private static Object of(Object struct, String name) {
    if (!(struct instanceof Struct) || ((Struct) struct).schema().field(name) == null) {
      return null;
    }
    return ((Struct) struct).getWithoutDefault(name);
  }
}
