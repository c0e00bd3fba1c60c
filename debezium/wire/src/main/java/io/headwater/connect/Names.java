package io.headwater.connect;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Avro names: letters, digits and underscores, not beginning with a digit; none twice. */
final class Names {
  private final Set<String> taken = new HashSet<>();

  /** A valid name for a field, unlike all those taken before. */
  String take(String original) {
    String name = simple(original);
    while (!taken.add(name)) {
      name = name + "_";
    }
    return name;
  }

  /** A dotted name whose every part is valid. */
  static String fullName(String original) {
    return Arrays.stream(original.split("\\."))
        .map(Names::simple)
        .collect(Collectors.joining("."));
  }

  private static String simple(String original) {
    String name = original.replaceAll("[^A-Za-z0-9_]", "_");
    return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }
}
