package io.headwater.connect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;

/**
 * Connect schemas as Avro schemas, with nothing lost.
 *
 * <p>What Avro has no word for is kept in the properties that other Connect-to-Avro converters use
 * too: {@code connect.name}, {@code connect.version}, {@code connect.doc}, {@code
 * connect.parameters}, {@code connect.default}, {@code connect.type}.
 */
final class AvroSchemas {
  /** Where the source gives no precision (BIGINT UNSIGNED): the most that Spark and Athena hold. */
  static final int DEFAULT_PRECISION = 38;

  private static final String PRECISION_PARAMETER = "connect.decimal.precision";
  private static final String ORIGINAL_NAME = "headwater.name";

  private final Map<String, Schema> seen = new HashMap<>();
  private final Map<String, org.apache.avro.Schema> records = new HashMap<>();

  private AvroSchemas() {}

  /** The Avro schema of a message: a record whose namespace names this version of it. */
  static org.apache.avro.Schema messageSchema(Schema schema) {
    return versioned(new AvroSchemas().required(schema));
  }

  static DataException unknownType(Schema schema) {
    return new DataException("Connect type " + schema.type() + " has no Avro form here");
  }

  /**
   * Puts a hash of the whole schema into the record's namespace.
   *
   * <p>Avro's fingerprint leaves out all but names and plain types: DECIMAL(10,2) and DECIMAL(10,3)
   * would share one, and so their messages one schema. Names count, so this makes it differ.
   */
  private static org.apache.avro.Schema versioned(org.apache.avro.Schema record) {
    byte[] json = record.toString().getBytes(StandardCharsets.UTF_8);
    String version = String.format("v%016x", SchemaNormalization.fingerprint64(json));
    String namespace =
        record.getNamespace() == null ? version : record.getNamespace() + "." + version;
    List<org.apache.avro.Schema.Field> fields = new ArrayList<>();
    for (org.apache.avro.Schema.Field field : record.getFields()) {
      fields.add(new org.apache.avro.Schema.Field(field, field.schema()));
    }
    org.apache.avro.Schema renamed =
        org.apache.avro.Schema.createRecord(
            record.getName(), record.getDoc(), namespace, false, fields);
    renamed.putAll((JsonProperties) record);
    return renamed;
  }

  private org.apache.avro.Schema of(Schema schema) {
    org.apache.avro.Schema required = required(schema);
    if (!schema.isOptional()) {
      return required;
    }
    org.apache.avro.Schema none = org.apache.avro.Schema.create(org.apache.avro.Schema.Type.NULL);
    // Avro: a default is of the union's first type.
    return schema.defaultValue() == null
        ? org.apache.avro.Schema.createUnion(none, required)
        : org.apache.avro.Schema.createUnion(required, none);
  }

  private org.apache.avro.Schema required(Schema schema) {
    if (schema.type() == Schema.Type.STRUCT) {
      return record(schema);
    }
    org.apache.avro.Schema avro = plain(schema);
    describe(schema, avro);
    addLogicalType(schema, avro);
    return avro;
  }

  private org.apache.avro.Schema plain(Schema schema) {
    switch (schema.type()) {
      case INT8:
      case INT16:
      case INT32:
        return org.apache.avro.Schema.create(org.apache.avro.Schema.Type.INT);
      case INT64:
        return org.apache.avro.Schema.create(org.apache.avro.Schema.Type.LONG);
      case FLOAT32:
        return org.apache.avro.Schema.create(org.apache.avro.Schema.Type.FLOAT);
      case FLOAT64:
        return org.apache.avro.Schema.create(org.apache.avro.Schema.Type.DOUBLE);
      case BOOLEAN:
        return org.apache.avro.Schema.create(org.apache.avro.Schema.Type.BOOLEAN);
      case STRING:
        return org.apache.avro.Schema.create(org.apache.avro.Schema.Type.STRING);
      case BYTES:
        return org.apache.avro.Schema.create(org.apache.avro.Schema.Type.BYTES);
      case ARRAY:
        return org.apache.avro.Schema.createArray(of(schema.valueSchema()));
      case MAP:
        return map(schema);
      default:
        throw unknownType(schema);
    }
  }

  private org.apache.avro.Schema map(Schema schema) {
    Schema key = schema.keySchema();
    if (key.type() != Schema.Type.STRING || key.isOptional()) {
      throw new DataException("a map with keys of type " + key.type() + " has no Avro form here");
    }
    return org.apache.avro.Schema.createMap(of(schema.valueSchema()));
  }

  /** One Avro record per struct; a struct met again (before and after) is the same record. */
  private org.apache.avro.Schema record(Schema schema) {
    String name = Names.fullName(schema.name() == null ? "Record" : schema.name());
    while (seen.containsKey(name) && !sameStruct(seen.get(name), schema)) {
      name = name + "_";
    }
    if (seen.containsKey(name)) {
      return records.get(name);
    }
    seen.put(name, schema);
    org.apache.avro.Schema record = org.apache.avro.Schema.createRecord(name, null, null, false);
    records.put(name, record);
    describe(schema, record);
    record.setFields(fields(schema));
    return record;
  }

  private static boolean sameStruct(Schema one, Schema other) {
    return one == other
        || one.fields().equals(other.fields())
            && java.util.Objects.equals(one.version(), other.version())
            && java.util.Objects.equals(one.parameters(), other.parameters());
  }

  private List<org.apache.avro.Schema.Field> fields(Schema schema) {
    List<org.apache.avro.Schema.Field> fields = new ArrayList<>();
    Names taken = new Names();
    for (Field field : schema.fields()) {
      String name = taken.take(field.name());
      org.apache.avro.Schema avro = of(field.schema());
      org.apache.avro.Schema.Field made =
          new org.apache.avro.Schema.Field(name, avro, null, defaultOf(field.schema()));
      if (!name.equals(field.name())) {
        made.addProp(ORIGINAL_NAME, field.name());
      }
      fields.add(made);
    }
    return fields;
  }

  private static Object defaultOf(Schema schema) {
    if (schema.defaultValue() != null) {
      return Defaults.of(schema);
    }
    return schema.isOptional() ? JsonProperties.NULL_VALUE : null;
  }

  private static void describe(Schema schema, org.apache.avro.Schema avro) {
    if (schema.name() != null) {
      avro.addProp("connect.name", schema.name());
    }
    if (schema.version() != null) {
      avro.addProp("connect.version", schema.version());
    }
    if (schema.doc() != null) {
      avro.addProp("connect.doc", schema.doc());
    }
    if (schema.parameters() != null && !schema.parameters().isEmpty()) {
      avro.addProp("connect.parameters", new LinkedHashMap<>(schema.parameters()));
    }
    if (schema.defaultValue() != null && schema.type() != Schema.Type.STRUCT) {
      avro.addProp("connect.default", Defaults.of(schema));
    }
    if (schema.type() == Schema.Type.INT8 || schema.type() == Schema.Type.INT16) {
      avro.addProp("connect.type", schema.type().getName());
    }
  }

  private static void addLogicalType(Schema schema, org.apache.avro.Schema avro) {
    if (schema.name() == null) {
      return;
    }
    switch (schema.name()) {
      case Decimal.LOGICAL_NAME:
        addDecimal(schema, avro);
        break;
      case Date.LOGICAL_NAME:
        LogicalTypes.date().addToSchema(avro);
        break;
      case Time.LOGICAL_NAME:
        LogicalTypes.timeMillis().addToSchema(avro);
        break;
      case Timestamp.LOGICAL_NAME:
        LogicalTypes.timestampMillis().addToSchema(avro);
        break;
      default:
        break;
    }
  }

  private static void addDecimal(Schema schema, org.apache.avro.Schema avro) {
    Map<String, String> parameters = schema.parameters();
    int scale = Integer.parseInt(parameters.get(Decimal.SCALE_FIELD));
    String precision = parameters.get(PRECISION_PARAMETER);
    int digits = precision == null ? DEFAULT_PRECISION : Integer.parseInt(precision);
    LogicalTypes.decimal(digits, scale).addToSchema(avro);
  }
}
