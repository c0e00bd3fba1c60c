package io.headwater.connect;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;

/**
 * Builds the writer of a Connect schema along its Avro schema.
 *
 * <p>It goes from Connect's objects to bytes directly: building Avro's generic records in between
 * costs time, and the libraries that do it replace a NULL by the column's default.
 */
final class Writers {
  private static final String ENUM = "io.debezium.data.Enum";

  private Writers() {}

  static ValueWriter of(Schema connect, org.apache.avro.Schema avro) {
    return connect.isOptional() ? optional(connect, avro) : required(connect, avro);
  }

  private static ValueWriter optional(Schema connect, org.apache.avro.Schema union) {
    int nullBranch = union.getTypes().get(0).getType() == org.apache.avro.Schema.Type.NULL ? 0 : 1;
    int valueBranch = 1 - nullBranch;
    ValueWriter writer = required(connect, union.getTypes().get(valueBranch));
    return (value, out) -> {
      if (value == null) {
        out.writeIndex(nullBranch);
      } else {
        out.writeIndex(valueBranch);
        writer.write(value, out);
      }
    };
  }

  static ValueWriter required(Schema connect, org.apache.avro.Schema avro) {
    ValueWriter logical = logical(connect);
    return logical != null ? logical : plain(connect, avro);
  }

  private static ValueWriter logical(Schema schema) {
    if (schema.name() == null) {
      return null;
    }
    switch (schema.name()) {
      case Decimal.LOGICAL_NAME:
        return (value, out) -> out.writeBytes(Decimal.fromLogical(schema, (BigDecimal) value));
      case Date.LOGICAL_NAME:
        return (value, out) -> out.writeInt(Date.fromLogical(schema, (java.util.Date) value));
      case Time.LOGICAL_NAME:
        return (value, out) -> out.writeInt(Time.fromLogical(schema, (java.util.Date) value));
      case Timestamp.LOGICAL_NAME:
        return (value, out) -> out.writeLong(Timestamp.fromLogical(schema, (java.util.Date) value));
      case ENUM:
        // The binlog's reader, but not that of rows, escapes a comma within an option.
        return (value, out) -> out.writeString(((String) value).replace("\\,", ","));
      default:
        return null;
    }
  }

  private static ValueWriter plain(Schema connect, org.apache.avro.Schema avro) {
    switch (connect.type()) {
      case INT8:
      case INT16:
      case INT32:
        return (value, out) -> out.writeInt(((Number) value).intValue());
      case INT64:
        return (value, out) -> out.writeLong((Long) value);
      case FLOAT32:
        return (value, out) -> out.writeFloat((Float) value);
      case FLOAT64:
        return (value, out) -> out.writeDouble((Double) value);
      case BOOLEAN:
        return (value, out) -> out.writeBoolean((Boolean) value);
      case STRING:
        return (value, out) -> out.writeString((String) value);
      case BYTES:
        return Writers::writeBytes;
      case ARRAY:
        return array(of(connect.valueSchema(), avro.getElementType()));
      case MAP:
        return map(of(connect.valueSchema(), avro.getValueType()));
      case STRUCT:
        return struct(connect, avro);
      default:
        throw AvroSchemas.unknownType(connect);
    }
  }

  private static void writeBytes(Object value, BinaryEncoder out) throws IOException {
    if (value instanceof ByteBuffer) {
      out.writeBytes(((ByteBuffer) value).duplicate());
    } else {
      out.writeBytes((byte[]) value);
    }
  }

  private static ValueWriter array(ValueWriter item) {
    return (value, out) -> {
      Collection<?> items = (Collection<?>) value;
      out.writeArrayStart();
      out.setItemCount(items.size());
      for (Object each : items) {
        out.startItem();
        item.write(each, out);
      }
      out.writeArrayEnd();
    };
  }

  private static ValueWriter map(ValueWriter item) {
    return (value, out) -> {
      Map<?, ?> entries = (Map<?, ?>) value;
      out.writeMapStart();
      out.setItemCount(entries.size());
      for (Map.Entry<?, ?> each : entries.entrySet()) {
        out.startItem();
        out.writeString((String) each.getKey());
        item.write(each.getValue(), out);
      }
      out.writeMapEnd();
    };
  }

  private static ValueWriter struct(Schema connect, org.apache.avro.Schema avro) {
    List<Field> fields = connect.fields();
    String[] names = new String[fields.size()];
    ValueWriter[] writers = new ValueWriter[fields.size()];
    for (int i = 0; i < names.length; i++) {
      Field field = fields.get(i);
      names[i] = field.name();
      writers[i] = field(field, avro.getFields().get(i).schema());
    }
    return (value, out) -> {
      Struct struct = (Struct) value;
      for (int i = 0; i < writers.length; i++) {
        // Not get(): that answers with the default where an optional column holds NULL.
        writers[i].write(struct.getWithoutDefault(names[i]), out);
      }
    };
  }

  private static ValueWriter field(Field field, org.apache.avro.Schema avro) {
    ValueWriter writer = of(field.schema(), avro);
    if (field.schema().isOptional()) {
      return writer;
    }
    Object fallback = field.schema().defaultValue();
    return (value, out) -> {
      Object present = value != null ? value : fallback;
      if (present == null) {
        throw new DataException("field " + field.name() + " is required and has no value");
      }
      writer.write(present, out);
    };
  }
}
