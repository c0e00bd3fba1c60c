package io.headwater.connect;

import java.io.IOException;
import org.apache.avro.io.BinaryEncoder;

/** Writes a value of one Connect schema as Avro binary. */
interface ValueWriter {
  void write(Object value, BinaryEncoder out) throws IOException;
}
