package dev.sinter.backend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The libraries and settings that a backend actually uses, for {@code sinter info}.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param values names and values, in the order of printing; values are never empty
 * @param hints one sentence per problem, with its remedy
 */
public record Details(Map<String, String> values, List<String> hints) {
  /** No details. */
  public static final Details NONE = new Details(Map.of(), List.of());

  public Details {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    hints = List.copyOf(hints);
  }
}
