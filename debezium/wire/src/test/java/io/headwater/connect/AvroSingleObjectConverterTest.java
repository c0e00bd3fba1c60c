package io.headwater.connect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AvroSingleObjectConverterTest {
  private final RecordingTopic topic = new RecordingTopic();
  private final AvroSingleObjectConverter converter = new AvroSingleObjectConverter();

  @BeforeEach
  void configure() {
    converter.configure(topic, 10_000);
  }

  private static SchemaBuilder record(String name) {
    return SchemaBuilder.struct().name("shop." + name);
  }

  private static Schema decimal(int precision, int scale) {
    return Decimal.builder(scale)
        .parameter("connect.decimal.precision", String.valueOf(precision))
        .optional()
        .build();
  }

  private byte[] write(Struct value) {
    return converter.fromConnectData("t", value.schema(), value);
  }

  /** Reads with Avro's own decoder, which checks the fingerprint by itself. */
  private GenericRecord read(byte[] message) {
    SchemaStore.Cache store = new SchemaStore.Cache();
    topic.announced.values().forEach(store::addSchema);
    long fingerprint = ByteBuffer.wrap(message).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong(2);
    org.apache.avro.Schema schema = topic.announced.get(fingerprint);
    try {
      return new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema, store)
          .decode(message);
    } catch (IOException error) {
      throw new java.io.UncheckedIOException(error);
    }
  }

  private org.apache.avro.Schema only() {
    return topic.announced.values().iterator().next();
  }

  @Test
  void bytesAreThoseOfAvrosOwnMessageEncoder() throws IOException {
    Schema schema =
        record("Value")
            .field("id", Schema.INT64_SCHEMA)
            .field("name", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ratio", Schema.FLOAT64_SCHEMA)
            .build();
    byte[] ours = write(new Struct(schema).put("id", -7L).put("name", "Zürich").put("ratio", 0.1));

    GenericRecord same = new GenericData.Record(only());
    same.put("id", -7L);
    same.put("name", "Zürich");
    same.put("ratio", 0.1);
    ByteBuffer theirs =
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), only()).encode(same);

    byte[] expected = new byte[theirs.remaining()];
    theirs.get(expected);
    assertArrayEquals(expected, ours);
  }

  @Test
  void theFingerprintIsTheStandardOneOfTheAnnouncedSchema() {
    write(new Struct(record("Value").field("id", Schema.INT32_SCHEMA).build()).put("id", 1));

    topic.announced.forEach(
        (fingerprint, schema) ->
            assertEquals(SchemaNormalization.parsingFingerprint64(schema), fingerprint));
    String text = only().toString();
    assertEquals(
        SchemaNormalization.parsingFingerprint64(only()),
        SchemaNormalization.parsingFingerprint64(new org.apache.avro.Schema.Parser().parse(text)));
  }

  @Test
  void everyTypeArrives() {
    Schema schema =
        record("Value")
            .field("i8", Schema.INT8_SCHEMA)
            .field("i16", Schema.INT16_SCHEMA)
            .field("i32", Schema.INT32_SCHEMA)
            .field("i64", Schema.INT64_SCHEMA)
            .field("f32", Schema.FLOAT32_SCHEMA)
            .field("f64", Schema.FLOAT64_SCHEMA)
            .field("flag", Schema.BOOLEAN_SCHEMA)
            .field("text", Schema.STRING_SCHEMA)
            .field("bytes", Schema.BYTES_SCHEMA)
            .field("buffer", Schema.BYTES_SCHEMA)
            .field("list", SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).build())
            .field("map", SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT64_SCHEMA).build())
            .field("date", Date.SCHEMA)
            .field("time", Time.SCHEMA)
            .field("moment", Timestamp.SCHEMA)
            .build();
    Struct value =
        new Struct(schema)
            .put("i8", (byte) -128)
            .put("i16", Short.MIN_VALUE)
            .put("i32", Integer.MAX_VALUE)
            .put("i64", Long.MIN_VALUE)
            .put("f32", 1.5f)
            .put("f64", Double.MIN_VALUE)
            .put("flag", true)
            .put("text", "\uD83D\uDE00é")
            .put("bytes", new byte[] {0, -1})
            .put("buffer", ByteBuffer.wrap(new byte[] {9, 8, 7}, 1, 2))
            .put("list", Arrays.asList(1, null, 3))
            .put("map", Map.of("a", 1L))
            .put("date", new java.util.Date(86_400_000L))
            .put("time", new java.util.Date(1_000L))
            .put("moment", new java.util.Date(1_795_309_323_123L));

    GenericRecord read = read(write(value));

    assertEquals(-128, read.get("i8"));
    assertEquals((int) Short.MIN_VALUE, read.get("i16"));
    assertEquals(Integer.MAX_VALUE, read.get("i32"));
    assertEquals(Long.MIN_VALUE, read.get("i64"));
    assertEquals(1.5f, read.get("f32"));
    assertEquals(Double.MIN_VALUE, read.get("f64"));
    assertEquals(true, read.get("flag"));
    assertEquals("\uD83D\uDE00é", read.get("text").toString());
    assertEquals(ByteBuffer.wrap(new byte[] {0, -1}), read.get("bytes"));
    assertEquals(ByteBuffer.wrap(new byte[] {8, 7}), read.get("buffer"));
    assertEquals(Arrays.asList(1, null, 3), read.get("list"));
    assertEquals("{a=1}", read.get("map").toString());
    assertEquals(1, read.get("date"));
    assertEquals(1_000, read.get("time"));
    assertEquals(1_795_309_323_123L, read.get("moment"));
  }

  @Test
  void decimalsKeepPrecisionAndScale() {
    Schema schema =
        record("Value")
            .field("price", decimal(20, 4))
            .field("big", Decimal.builder(0).optional().build())
            .build();
    BigDecimal price = new BigDecimal("-1234567890123456.7891");
    BigDecimal big = new BigDecimal("18446744073709551615");

    GenericRecord read = read(write(new Struct(schema).put("price", price).put("big", big)));

    assertEquals(price, decimalOf(read.get("price"), 4));
    assertEquals(big, decimalOf(read.get("big"), 0));
    org.apache.avro.Schema type = only().getField("price").schema().getTypes().get(1);
    assertEquals("decimal", type.getLogicalType().getName());
    assertEquals(20, type.getObjectProp("precision"));
    assertEquals(4, type.getObjectProp("scale"));
    assertEquals(38, only().getField("big").schema().getTypes().get(1).getObjectProp("precision"));
  }

  private static BigDecimal decimalOf(Object bytes, int scale) {
    return new BigDecimal(new BigInteger(((ByteBuffer) bytes).array()), scale);
  }

  @Test
  void parametersNamesVersionsAndDefaultsAreKept() {
    Schema column =
        SchemaBuilder.int16()
            .name("io.debezium.data.Something")
            .version(3)
            .doc("why")
            .parameter("__debezium.source.column.type", "TINYINT")
            .defaultValue((short) 5)
            .build();
    write(new Struct(record("Value").field("c", column).build()).put("c", (short) 1));

    org.apache.avro.Schema avro =
        new org.apache.avro.Schema.Parser().parse(only().toString()).getField("c").schema();
    assertEquals("io.debezium.data.Something", avro.getProp("connect.name"));
    assertEquals(3, avro.getObjectProp("connect.version"));
    assertEquals("why", avro.getProp("connect.doc"));
    assertEquals("int16", avro.getProp("connect.type"));
    assertEquals(5, avro.getObjectProp("connect.default"));
    assertEquals(
        Map.of("__debezium.source.column.type", "TINYINT"),
        avro.getObjectProp("connect.parameters"));
    assertEquals(5, only().getField("c").defaultVal());
  }

  @Test
  void defaultsOfEveryKindMakeAValidSchema() {
    Schema schema =
        record("Value")
            .field("bytes", SchemaBuilder.bytes().optional().defaultValue(new byte[] {-1}).build())
            .field("price", Decimal.builder(2).defaultValue(new BigDecimal("1.50")).build())
            .field("day", Date.builder().defaultValue(new java.util.Date(0)).build())
            .field("text", SchemaBuilder.string().optional().defaultValue("").build())
            .build();
    write(new Struct(schema));

    // the parser checks that a default fits its type
    org.apache.avro.Schema parsed =
        new org.apache.avro.Schema.Parser().parse(only().toString());
    assertArrayEquals(new byte[] {-1}, (byte[]) parsed.getField("bytes").defaultVal());
    assertArrayEquals(new byte[] {0, -106}, (byte[]) parsed.getField("price").defaultVal());
  }

  @Test
  void nullStaysNullWhereTheColumnHasADefault() {
    Schema column = SchemaBuilder.string().optional().defaultValue("none").build();
    Schema schema = record("Value").field("c", column).build();

    assertNull(read(write(new Struct(schema).put("c", null))).get("c"));
    assertEquals("x", read(write(new Struct(schema).put("c", "x"))).get("c").toString());
  }

  @Test
  void aRequiredFieldThatWasNotSetHasItsDefault() {
    Schema column = SchemaBuilder.int32().defaultValue(7).build();

    assertEquals(7, read(write(new Struct(record("Value").field("c", column).build()))).get("c"));
  }

  @Test
  void aRequiredFieldWithoutValueIsRefused() {
    Schema schema = record("Value").field("c", Schema.STRING_SCHEMA).build();

    DataException error = assertThrows(DataException.class, () -> write(new Struct(schema)));
    assertTrue(error.getMessage().contains("field c is required"));
  }

  @Test
  void nestedOptionalRecordsAreOneRecord() {
    Schema row =
        record("Value").optional().field("id", Schema.OPTIONAL_INT64_SCHEMA).build();
    Schema envelope =
        record("Envelope").field("before", row).field("after", row).build();
    Struct value = new Struct(envelope).put("after", new Struct(row).put("id", 5L));

    GenericRecord read = read(write(value));

    assertNull(read.get("before"));
    assertEquals(5L, ((GenericRecord) read.get("after")).get("id"));
    assertEquals("shop.Value", only().getField("after").schema().getTypes().get(1).getFullName());
    assertSame(
        only().getField("before").schema().getTypes().get(1),
        only().getField("after").schema().getTypes().get(1));
  }

  @Test
  void twoStructsOfOneNameStayApart() {
    Schema one = record("Value").optional().field("a", Schema.INT32_SCHEMA).build();
    Schema other = record("Value").optional().field("b", Schema.STRING_SCHEMA).build();
    Schema envelope = record("Envelope").field("one", one).field("other", other).build();

    GenericRecord read =
        read(
            write(
                new Struct(envelope)
                    .put("one", new Struct(one).put("a", 1))
                    .put("other", new Struct(other).put("b", "x"))));

    assertEquals("x", ((GenericRecord) read.get("other")).get("b").toString());
  }

  @Test
  void aChangeOfScaleIsANewFingerprint() {
    BigDecimal one = new BigDecimal("1.00");
    Schema two = record("Value").field("c", decimal(10, 2)).build();
    Schema three = record("Value").field("c", decimal(10, 3)).build();

    byte[] first = write(new Struct(two).put("c", one));
    byte[] second = write(new Struct(three).put("c", one.setScale(3)));

    assertNotEquals(ByteBuffer.wrap(first).getLong(2), ByteBuffer.wrap(second).getLong(2));
    assertEquals(2, topic.announced.size());
  }

  @Test
  void equalSchemasHaveOneFingerprint() {
    for (int i = 0; i < 2; i++) {
      write(new Struct(record("Value").field("c", decimal(10, 2)).build()));
    }
    assertEquals(1, topic.announced.size());
  }

  @Test
  void aSchemaIsAnnouncedOncePerSchemaObject() {
    Schema schema = record("Value").field("c", Schema.INT32_SCHEMA).build();
    for (int i = 0; i < 5; i++) {
      write(new Struct(schema).put("c", i));
    }
    assertEquals(1, topic.times);
  }

  @Test
  void aMessageIsNotHandedOutBeforeItsSchemaIsWritten() {
    Schema schema = record("Value").field("c", Schema.INT32_SCHEMA).build();
    Struct value = new Struct(schema).put("c", 1);
    topic.broken = true;
    assertThrows(RetriableException.class, () -> write(value));

    topic.broken = false;
    assertEquals(1, read(write(value)).get("c"));
  }

  @Test
  void aFailedMessageLeavesNothingBehind() {
    Schema wide = record("Value").field("a", Schema.STRING_SCHEMA).field("b", Schema.INT32_SCHEMA).build();
    assertThrows(DataException.class, () -> write(new Struct(wide).put("a", "left over")));

    GenericRecord read = read(write(new Struct(wide).put("a", "clean").put("b", 2)));
    assertEquals("clean", read.get("a").toString());
  }

  @Test
  void namesThatAvroDoesNotAllowAreMendedAndKept() {
    Schema schema =
        SchemaBuilder.struct()
            .name("shop.my-table.1st")
            .field("odd name", Schema.INT32_SCHEMA)
            .field("odd-name", Schema.INT32_SCHEMA)
            .field("2nd", Schema.INT32_SCHEMA)
            .build();

    GenericRecord read =
        read(write(new Struct(schema).put("odd name", 1).put("odd-name", 2).put("2nd", 3)));

    assertEquals(List.of(1, 2, 3), List.of(read.get("odd_name"), read.get("odd_name_"), read.get("_2nd")));
    assertEquals("odd-name", only().getField("odd_name_").getProp("headwater.name"));
    assertTrue(only().getFullName().startsWith("shop.my_table.v"));
    assertEquals("shop.my-table.1st", only().getProp("connect.name"));
  }

  @Test
  void nullIsNull() {
    assertNull(converter.fromConnectData("t", null, null));
    assertNull(converter.fromConnectData("t", record("Value").optional().build(), null));
    assertEquals(SchemaAndValue.NULL, converter.toConnectData("t", null));
  }

  @Test
  void whatCannotBeWrittenOrReadSaysSo() {
    assertThrows(DataException.class, () -> converter.fromConnectData("t", null, "x"));
    assertThrows(
        DataException.class, () -> converter.fromConnectData("t", Schema.STRING_SCHEMA, "x"));
    DataException reading =
        assertThrows(DataException.class, () -> converter.toConnectData("t", new byte[] {1}));
    assertTrue(reading.getMessage().contains("only writes"));
  }

  @Test
  void aWorkerFindsTheConverterByItself() {
    boolean found =
        ServiceLoader.load(Converter.class).stream()
            .anyMatch(provider -> provider.type() == AvroSingleObjectConverter.class);
    assertTrue(found);
  }

  @Test
  void anOptionOfAnEnumWithACommaIsTheSameFromBothReaders() {
    Schema kind = SchemaBuilder.string().name("io.debezium.data.Enum").build();
    Schema schema = record("Value").field("kind", kind).build();

    assertEquals("b,c", read(write(new Struct(schema).put("kind", "b\\,c"))).get("kind").toString());
    assertEquals("b,c", read(write(new Struct(schema).put("kind", "b,c"))).get("kind").toString());
  }

  private static final Schema ROW =
      SchemaBuilder.struct().name("shop.Value").field("text", Schema.STRING_SCHEMA).optional().build();
  private static final Schema SOURCE =
      SchemaBuilder.struct()
          .name("shop.Source")
          .field("gtid", Schema.OPTIONAL_STRING_SCHEMA)
          .field("ts_ms", Schema.INT64_SCHEMA)
          .build();
  private static final Schema ENVELOPE =
      SchemaBuilder.struct()
          .name("shop.Envelope")
          .field("before", ROW)
          .field("after", ROW)
          .field("source", SOURCE)
          .field("op", Schema.STRING_SCHEMA)
          .build();

  private static Struct update(int bytesBefore, int bytesAfter) {
    return new Struct(ENVELOPE)
        .put("before", new Struct(ROW).put("text", "b".repeat(bytesBefore)))
        .put("after", new Struct(ROW).put("text", "a".repeat(bytesAfter)))
        .put("source", new Struct(SOURCE).put("gtid", "uuid:7").put("ts_ms", 5L))
        .put("op", "u");
  }

  @Test
  void aMessageThatFitsIsWhole() {
    GenericRecord read = read(write(update(4000, 4000)));

    assertEquals(4000, ((GenericRecord) read.get("before")).get("text").toString().length());
  }

  @Test
  void theRowBeforeIsLeftOutWhereBothAreTooLarge() {
    GenericRecord read = read(write(update(6000, 6000)));

    assertNull(read.get("before"));
    assertEquals(6000, ((GenericRecord) read.get("after")).get("text").toString().length());
    assertEquals("uuid:7", ((GenericRecord) read.get("source")).get("gtid").toString());
  }

  @Test
  void aMessageThatIsTooLargeEvenSoBecomesAMark() {
    write(update(1, 1));
    long whole = topic.announced.keySet().iterator().next();
    byte[] message = write(update(1, 20_000));
    GenericRecord mark = read(message);

    assertTrue(message.length < 200);
    assertEquals(Oversized.NAME, mark.getSchema().getProp("connect.name"));
    assertEquals("u", mark.get("op").toString());
    assertEquals(10_000L, mark.get("limit"));
    assertTrue((Long) mark.get("size") > 20_000);
    assertEquals(SchemaTopic.key(whole), mark.get("schema").toString());
    assertEquals("uuid:7", mark.get("gtid").toString());
    assertNull(mark.get("snapshot"));
    assertEquals(5L, mark.get("ts_ms"));
  }

  @Test
  void aMessageAfterALargeOneIsItself() {
    write(update(1, 2_000_000));

    assertEquals("u", read(write(update(1, 1))).get("op").toString());
  }
}
