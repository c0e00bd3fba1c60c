package io.headwater.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.sql.Types;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

class BooleanAsNumberTest {
  private static FakeColumn column(String type, boolean optional) {
    return new FakeColumn(type, Types.BOOLEAN, 0, optional).shownTo(new BooleanAsNumber());
  }

  @Test
  void aBooleanIsTheNumberThatMysqlStores() {
    FakeColumn column = column("BOOLEAN", true);

    assertEquals(Schema.Type.INT16, column.schema.type());
    assertEquals((short) 5, column.converter.convert(5));
    assertEquals((short) 1, column.converter.convert(true));
    assertEquals((short) 0, column.converter.convert("0"));
    assertNull(column.converter.convert(null));
  }

  @Test
  void aRequiredOneHasAValueBeforeThereAreRows() {
    assertEquals((short) 0, column("bool", false).converter.convert(null));
  }

  @Test
  void otherTypesAreLeftAlone() {
    assertNull(column("TINYINT", true).schema);
  }
}
