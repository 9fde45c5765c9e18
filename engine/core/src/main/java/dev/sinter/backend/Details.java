package dev.sinter.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a backend really uses, for {@code sinter info}. Immutable: any number of threads may use it.
 *
 * @param values names and values, in the order in which they are printed; values are never empty
 * @param hints one sentence each: what is off, and what to do about it
 */
public record Details(Map<String, String> values, List<String> hints) {
  /** Nothing worth telling. */
  public static final Details NONE = new Details(Map.of(), List.of());

  public Details {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    hints = List.copyOf(hints);
  }
}
