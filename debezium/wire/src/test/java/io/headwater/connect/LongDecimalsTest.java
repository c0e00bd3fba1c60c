package io.headwater.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigDecimal;
import java.sql.Types;
import org.junit.jupiter.api.Test;

class LongDecimalsTest {
  private static FakeColumn column(int digits, int scale, boolean optional) {
    return new FakeColumn("DECIMAL", Types.DECIMAL, digits, optional)
        .withScale(scale)
        .shownTo(new LongDecimals());
  }

  @Test
  void everyDigitArrivesAsMysqlShowsIt() {
    FakeColumn column = column(65, 30, true);
    String digits = "-12345678901234567890123456789012345.123456789012345678901234567890";

    assertEquals(digits, column.converter.convert(new BigDecimal(digits)));
    assertEquals("0." + "0".repeat(30), column.converter.convert(new BigDecimal("0")));
    assertNull(column.converter.convert(null));
  }

  @Test
  void aLargeWholeNumberHasNoExponent() {
    assertEquals(
        "1" + "0".repeat(40), column(65, 0, false).converter.convert(new BigDecimal("1E+40")));
  }

  @Test
  void aRequiredOneHasAValueBeforeThereAreRows() {
    assertEquals("0.00", column(40, 2, false).converter.convert(null));
  }

  @Test
  void whatTheLakeHoldsAsANumberIsLeftAlone() {
    assertNull(column(38, 10, true).schema);
    assertNull(
        new FakeColumn("BIGINT UNSIGNED", Types.BIGINT, 40, true)
            .shownTo(new LongDecimals())
            .schema);
  }
}
