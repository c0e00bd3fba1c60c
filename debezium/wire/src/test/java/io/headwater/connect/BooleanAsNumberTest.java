package io.headwater.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.debezium.spi.converter.CustomConverter.Converter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.OptionalInt;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

class BooleanAsNumberTest {
  private SchemaBuilder schema;
  private Converter converter;

  private void register(String type, boolean optional) {
    new BooleanAsNumber()
        .converterFor(
            new Column(type, optional),
            (registered, with) -> {
              schema = registered;
              converter = with;
            });
  }

  @Test
  void aBooleanIsTheNumberThatMysqlStores() {
    register("BOOLEAN", true);

    assertEquals(Schema.Type.INT16, schema.type());
    assertEquals((short) 5, converter.convert(5));
    assertEquals((short) 1, converter.convert(true));
    assertEquals((short) 0, converter.convert("0"));
    assertNull(converter.convert(null));
  }

  @Test
  void aRequiredOneHasAValueBeforeThereAreRows() {
    register("bool", false);

    assertEquals((short) 0, converter.convert(null));
  }

  @Test
  void otherTypesAreLeftAlone() {
    register("TINYINT", true);

    assertNull(schema);
  }

  private static final class Column implements RelationalColumn {
    private final String type;
    private final boolean optional;

    Column(String type, boolean optional) {
      this.type = type;
      this.optional = optional;
    }

    @Override
    public int jdbcType() {
      return java.sql.Types.BOOLEAN;
    }

    @Override
    public int nativeType() {
      return 0;
    }

    @Override
    public String typeName() {
      return type;
    }

    @Override
    public String typeExpression() {
      return type;
    }

    @Override
    public OptionalInt length() {
      return OptionalInt.empty();
    }

    @Override
    public OptionalInt scale() {
      return OptionalInt.empty();
    }

    @Override
    public boolean isOptional() {
      return optional;
    }

    @Override
    public Object defaultValue() {
      return null;
    }

    @Override
    public boolean hasDefaultValue() {
      return false;
    }

    @Override
    public String name() {
      return "flag";
    }

    @Override
    public String dataCollection() {
      return "shop.items";
    }
  }
}
