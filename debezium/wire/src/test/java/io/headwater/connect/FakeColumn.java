package io.headwater.connect;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.CustomConverter.Converter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.OptionalInt;
import org.apache.kafka.connect.data.SchemaBuilder;

/** A column as Debezium describes it to a converter, and what the converter registers for it. */
final class FakeColumn implements RelationalColumn {
  SchemaBuilder schema;
  Converter converter;

  private final String type;
  private final int jdbcType;
  private final int length;
  private final boolean optional;
  private OptionalInt scale = OptionalInt.empty();

  FakeColumn(String type, int jdbcType, int length, boolean optional) {
    this.type = type;
    this.jdbcType = jdbcType;
    this.length = length;
    this.optional = optional;
  }

  FakeColumn withScale(int digits) {
    scale = OptionalInt.of(digits);
    return this;
  }

  FakeColumn shownTo(CustomConverter<SchemaBuilder, RelationalColumn> custom) {
    custom.converterFor(
        this,
        (registered, with) -> {
          schema = registered;
          converter = with;
        });
    return this;
  }

  @Override
  public int jdbcType() {
    return jdbcType;
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
    return length == 0 ? OptionalInt.empty() : OptionalInt.of(length);
  }

  @Override
  public OptionalInt scale() {
    return scale;
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
    return "c";
  }

  @Override
  public String dataCollection() {
    return "shop.items";
  }
}
