package io.headwater.connect;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.DataException;

/**
 * Makes MySQL's zero dates NULL, also in columns that are NOT NULL, and leaves the year 0000 a 0.
 *
 * <p>Both of Debezium's readers, that of rows and that of the binlog, already give null for a date
 * with a zero in it; but a required column has no null, and so it becomes 1970-01-01. Here the
 * field is optional and says {@code headwater.required} instead. The year 0000 comes from the
 * binlog as 1900, which no other YEAR is, and becomes 2000 where it comes as 0.
 */
public final class ZeroDates implements CustomConverter<SchemaBuilder, RelationalColumn> {
  /** Parameter of a field that is optional here and NOT NULL in MySQL. */
  static final String REQUIRED = "headwater.required";

  private static final int MOST_DIGITS_OF_MILLIS = 3;
  private static final int YEAR_BEFORE_ALL = 1900;

  @Override
  public void configure(Properties properties) {
    // nothing to set
  }

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    if (column.typeName().toUpperCase(java.util.Locale.ROOT).startsWith("YEAR")) {
      SchemaBuilder schema = SchemaBuilder.int32().name("io.debezium.time.Year").version(1);
      registration.register(
          column.isOptional() ? schema.optional() : schema, value -> year(column, value));
      return;
    }
    switch (column.jdbcType()) {
      case Types.DATE:
        registration.register(
            optional(column, SchemaBuilder.int32().name("io.debezium.time.Date")),
            value -> day(column, value));
        break;
      case Types.TIMESTAMP:
        boolean micros = column.length().orElse(0) > MOST_DIGITS_OF_MILLIS;
        String name = micros ? "io.debezium.time.MicroTimestamp" : "io.debezium.time.Timestamp";
        ChronoUnit unit = micros ? ChronoUnit.MICROS : ChronoUnit.MILLIS;
        registration.register(
            optional(column, SchemaBuilder.int64().name(name)), value -> clock(column, value, unit));
        break;
      case Types.TIMESTAMP_WITH_TIMEZONE:
        registration.register(
            optional(column, SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp")),
            value -> instant(column, value));
        break;
      default:
        break;
    }
  }

  private static SchemaBuilder optional(RelationalColumn column, SchemaBuilder schema) {
    schema.version(1).optional();
    return column.isOptional() ? schema : schema.parameter(REQUIRED, "true");
  }

  private static Object day(RelationalColumn column, Object value) {
    if (value instanceof Integer) {
      return defaultOf(value, 0);
    }
    if (value instanceof java.sql.Date) {
      return day(column, ((java.sql.Date) value).toLocalDate());
    }
    if (value == null || value instanceof LocalDate) {
      return isZero((LocalDate) value) ? null : (int) ((LocalDate) value).toEpochDay();
    }
    throw unknown(column, value);
  }

  private static Object clock(RelationalColumn column, Object value, ChronoUnit unit) {
    if (value instanceof Long) {
      return defaultOf(value, 0L);
    }
    if (value instanceof Timestamp) {
      return clock(column, ((Timestamp) value).toLocalDateTime(), unit);
    }
    if (value == null || value instanceof LocalDateTime) {
      LocalDateTime read = (LocalDateTime) value;
      return isZero(read) ? null : unit.between(LocalDate.EPOCH.atStartOfDay(), read);
    }
    throw unknown(column, value);
  }

  private static Object instant(RelationalColumn column, Object value) {
    if (value instanceof String) {
      return defaultOf(value, "1970-01-01T00:00:00Z");
    }
    if (value instanceof Timestamp) {
      return text(((Timestamp) value).toInstant().atOffset(ZoneOffset.UTC));
    }
    if (value instanceof ZonedDateTime) {
      return text(((ZonedDateTime) value).toOffsetDateTime());
    }
    if (value == null || value instanceof OffsetDateTime) {
      return value == null ? null : text((OffsetDateTime) value);
    }
    throw unknown(column, value);
  }

  private static String text(OffsetDateTime value) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        value.withOffsetSameInstant(ZoneOffset.UTC));
  }

  private static Object year(RelationalColumn column, Object value) {
    if (value instanceof Year) {
      int read = ((Year) value).getValue();
      return read == YEAR_BEFORE_ALL ? 0 : read;
    }
    if (value instanceof Number) {
      return ((Number) value).intValue();
    }
    if (value == null) {
      // Debezium asks for the value of a required column this way before there are any rows.
      return column.isOptional() ? null : 0;
    }
    throw unknown(column, value);
  }

  /** The zero date as a default reaches us as the epoch, and is no default that a reader can use. */
  private static Object defaultOf(Object value, Object epoch) {
    return value.equals(epoch) ? null : value;
  }

  private static boolean isZero(Temporal value) {
    return value == null || value.get(ChronoField.YEAR) == 0;
  }

  private static DataException unknown(RelationalColumn column, Object value) {
    return new DataException(
        "column " + column.dataCollection() + "." + column.name() + " of type "
            + column.typeName() + ": Debezium gave a " + value.getClass().getName()
            + ", which is no date that this converter knows");
  }
}
