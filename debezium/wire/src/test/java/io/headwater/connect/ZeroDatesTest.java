package io.headwater.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class ZeroDatesTest {
  private static final LocalDateTime MOMENT = LocalDateTime.of(2026, 10, 25, 2, 30, 0, 654_321_000);

  private static FakeColumn required(String type, int jdbcType, int length) {
    return new FakeColumn(type, jdbcType, length, false).shownTo(new ZeroDates());
  }

  private static FakeColumn date() {
    return required("DATE", Types.DATE, 0);
  }

  private static FakeColumn datetime(int digits) {
    return required("DATETIME", Types.TIMESTAMP, digits);
  }

  private static FakeColumn timestamp() {
    return required("TIMESTAMP", Types.TIMESTAMP_WITH_TIMEZONE, 6);
  }

  @Test
  void whatDebeziumGivesForAZeroDateIsNullAlsoInARequiredColumn() {
    for (FakeColumn column : List.of(date(), datetime(0), datetime(6), timestamp())) {
      assertTrue(column.schema.isOptional());
      assertEquals("true", column.schema.parameters().get(ZeroDates.REQUIRED));
      assertNull(column.converter.convert(null));
    }
  }

  @Test
  void theYearZeroHasNoPlaceInTheLakeEither() {
    assertNull(date().converter.convert(LocalDate.of(0, 5, 5)));
    assertNull(datetime(6).converter.convert(LocalDateTime.of(0, 5, 5, 1, 0)));
  }

  @Test
  void aDateIsItsDaysFromBothReaders() {
    FakeColumn column = date();

    assertEquals("io.debezium.time.Date", column.schema.name());
    assertEquals(-1, column.converter.convert(LocalDate.of(1969, 12, 31)));
    assertEquals(2932896, column.converter.convert(LocalDate.of(9999, 12, 31)));
    assertEquals(0, column.converter.convert(java.sql.Date.valueOf("1970-01-01")));
  }

  @Test
  void aDatetimeIsItsClockReadingFromBothReaders() {
    long micros = MOMENT.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + 654_321;

    assertEquals("io.debezium.time.MicroTimestamp", datetime(4).schema.name());
    assertEquals(micros, datetime(6).converter.convert(MOMENT));
    assertEquals(micros, datetime(6).converter.convert(Timestamp.valueOf(MOMENT)));
    assertEquals("io.debezium.time.Timestamp", datetime(3).schema.name());
    assertEquals(micros / 1000, datetime(3).converter.convert(MOMENT.withNano(654_000_000)));
    assertEquals(-1L, datetime(3).converter.convert(LocalDateTime.parse("1969-12-31T23:59:59.999")));
  }

  @Test
  void aTimestampIsAnInstantFromBothReaders() {
    ZonedDateTime utc = MOMENT.atZone(ZoneOffset.UTC);
    FakeColumn column = timestamp();

    assertEquals("io.debezium.time.ZonedTimestamp", column.schema.name());
    assertEquals("2026-10-25T02:30:00.654321Z", column.converter.convert(utc));
    assertEquals(
        "2026-10-25T02:30:00.654321Z", column.converter.convert(Timestamp.from(utc.toInstant())));
  }

  @Test
  void aDefaultStaysButNotThatOfAZeroDate() {
    assertEquals(20_000, date().converter.convert(20_000));
    assertNull(date().converter.convert(0));
    assertNull(datetime(0).converter.convert(0L));
    assertNull(timestamp().converter.convert("1970-01-01T00:00:00Z"));
    SchemaBuilder schema = date().schema.defaultValue(null);
    assertNull(schema.build().defaultValue());
  }

  @Test
  void theYear0000IsZeroFromBothReaders() {
    FakeColumn column = required("YEAR", Types.INTEGER, 4);

    assertEquals(0, column.converter.convert(Year.of(1900)));
    assertEquals(0, column.converter.convert((short) 0));
    assertEquals(2155, column.converter.convert(Year.of(2155)));
    assertEquals(0, column.converter.convert(null));
    assertNull(
        new FakeColumn("YEAR", Types.INTEGER, 4, true)
            .shownTo(new ZeroDates())
            .converter
            .convert(null));
  }

  @Test
  void anUnknownObjectIsNamed() {
    DataException error =
        assertThrows(DataException.class, () -> date().converter.convert("2026-01-01"));
    assertTrue(error.getMessage().contains("shop.items.c"));
  }

  @Test
  void aNullableColumnCarriesNoMark() {
    FakeColumn column = new FakeColumn("DATE", Types.DATE, 0, true).shownTo(new ZeroDates());

    assertTrue(column.schema.isOptional());
    assertNull(column.schema.parameters());
  }

  @Test
  void otherTypesAreLeftAlone() {
    assertNull(required("TIME", Types.TIME, 6).schema);
    assertNull(required("INT", Types.INTEGER, 0).schema);
  }
}
