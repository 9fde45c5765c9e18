package dev.sinter.networks;

import dev.sinter.networks.Section.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Something with a name and settings that the file may ask for: a layer, an optimizer, ...
 *
 * @param name as the file writes it
 * @param section its settings
 * @param make makes it of them
 */
record Entry<T>(String name, Section section, Function<Values, T> make) {
  /** Creates an entry without required settings. */
  static <T> Entry<T> of(String name, Supplier<? extends T> make) {
    return new Entry<>(name, new Section(List.of(), List.of()), values -> make.get());
  }

  /** Creates an entry with one required setting. */
  static <T, V> Entry<T> of(String name, Key<V> key, Function<V, ? extends T> make) {
    Section section = new Section(List.of(key), List.of());
    return new Entry<>(name, section, values -> make.apply(values.get(key)));
  }

  /** Creates an entry with two required settings. */
  static <T, V, W> Entry<T> of(
      String name, Key<V> key, Key<W> second, BiFunction<V, W, ? extends T> make) {
    Section section = new Section(List.of(key, second), List.of());
    return new Entry<>(name, section, values -> make.apply(values.get(key), values.get(second)));
  }

  /** Returns this entry with an optional setting. */
  <V> Entry<T> with(Key<V> key, BiFunction<T, V, ? extends T> set) {
    List<Key<?>> more = new ArrayList<>(section.optional());
    more.add(key);
    return new Entry<>(
        name,
        new Section(section.required(), more),
        values -> {
          T made = make.apply(values);
          return values.has(key) ? set.apply(made, values.get(key)) : made;
        });
  }

  /** Returns this entry as one of a more general kind. */
  <R> Entry<R> as(Function<? super T, ? extends R> general) {
    return new Entry<>(name, section, make.andThen(general));
  }
}
