package dev.sinter;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a callback carries over when a training is resumed: small values and arrays, by name.
 * Immutable: any number of threads may use it.
 *
 * <pre>{@code
 * public CallbackState state() { return CallbackState.of("wait", wait).with("best", best); }
 * public void restore(CallbackState state) {
 *   wait = state.integer("wait");
 *   best = state.decimal("best");
 * }
 * }</pre>
 *
 * @param values as texts
 * @param arrays in order
 */
public record CallbackState(Map<String, String> values, Map<String, Tensor> arrays) {
  public CallbackState {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
  }

  /** Returns a state of one value; null is left out. */
  public static CallbackState of(String name, @Nullable Object value) {
    return new CallbackState(Map.of(), Map.of()).with(name, value);
  }

  /** Returns this state with one more value, kept as its text; null is left out. */
  public CallbackState with(String name, @Nullable Object value) {
    if (value == null) {
      return this;
    }
    Map<String, String> more = new TreeMap<>(values);
    more.put(name, value.toString());
    return new CallbackState(more, arrays);
  }

  /** Returns this state with more arrays. */
  public CallbackState withArrays(Map<String, Tensor> other) {
    Map<String, Tensor> more = new LinkedHashMap<>(arrays);
    more.putAll(other);
    return new CallbackState(values, more);
  }

  /** Returns a value's text, or null where it was left out. */
  public @Nullable String text(String name) {
    return values.get(name);
  }

  /** Returns a whole number; 0 where it was left out. */
  public int integer(String name) {
    String text = text(name);
    try {
      return text == null ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw malformed(name, text, e);
    }
  }

  /** Returns a number, equal to the bit to the one that was kept; null where it was left out. */
  public @Nullable Double decimal(String name) {
    String text = text(name);
    try {
      return text == null ? null : Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw malformed(name, text, e);
    }
  }

  private static InputException malformed(String name, @Nullable String text, Exception cause) {
    return InputException.of(
        "state of a callback, " + name, "a number", text, "Use another checkpoint", cause);
  }
}
