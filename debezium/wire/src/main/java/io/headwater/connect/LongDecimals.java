package io.headwater.connect;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.math.BigDecimal;
import java.sql.Types;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.DataException;

/**
 * Has a DECIMAL of more than 38 digits travel as text, every digit as MySQL shows it.
 *
 * <p>MySQL has up to 65 digits; neither Spark nor Athena has a number of more than 38, and a float
 * would be another number.
 */
public final class LongDecimals implements CustomConverter<SchemaBuilder, RelationalColumn> {
  private static final int MOST_DIGITS = 38;

  @Override
  public void configure(Properties properties) {
    // nothing to set
  }

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    boolean decimal = column.jdbcType() == Types.DECIMAL || column.jdbcType() == Types.NUMERIC;
    if (decimal && column.length().orElse(0) > MOST_DIGITS) {
      SchemaBuilder schema = SchemaBuilder.string();
      registration.register(
          column.isOptional() ? schema.optional() : schema, value -> text(column, value));
    }
  }

  private static String text(RelationalColumn column, Object value) {
    if (value == null) {
      // Debezium asks for the value of a required column this way before there are any rows.
      return column.isOptional() ? null : text(column, BigDecimal.ZERO);
    }
    if (value instanceof BigDecimal) {
      return ((BigDecimal) value).setScale(column.scale().orElse(0)).toPlainString();
    }
    throw new DataException(
        "column " + column.dataCollection() + "." + column.name() + " of type "
            + column.typeName() + ": Debezium gave a " + value.getClass().getName()
            + ", expected a BigDecimal");
  }
}
