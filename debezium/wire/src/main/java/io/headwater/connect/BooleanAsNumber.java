package io.headwater.connect;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Has Debezium treat a column declared BOOLEAN as what it is in MySQL: a TINYINT.
 *
 * <p>Debezium alone gives such a column type boolean when it reads the CREATE TABLE in the binlog,
 * where any number but 0 becomes true, and type int16 when it takes a snapshot.
 */
public final class BooleanAsNumber implements CustomConverter<SchemaBuilder, RelationalColumn> {
  @Override
  public void configure(Properties properties) {
    // nothing to set
  }

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    String type = column.typeName();
    if ("BOOLEAN".equalsIgnoreCase(type) || "BOOL".equalsIgnoreCase(type)) {
      registration.register(schemaOf(column), value -> number(column, value));
    }
  }

  private static SchemaBuilder schemaOf(RelationalColumn column) {
    SchemaBuilder schema = SchemaBuilder.int16();
    return column.isOptional() ? schema.optional() : schema;
  }

  private static Object number(RelationalColumn column, Object value) {
    if (value == null) {
      // Debezium asks for the value of a required column this way before there are any rows.
      return column.isOptional() ? null : (short) 0;
    }
    if (value instanceof Boolean) {
      return (short) ((Boolean) value ? 1 : 0);
    }
    if (value instanceof Number) {
      return ((Number) value).shortValue();
    }
    return Short.valueOf(value.toString());
  }
}
