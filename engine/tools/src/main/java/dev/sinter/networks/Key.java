package dev.sinter.networks;

/**
 * A key of a mapping, with what its value may be.
 *
 * @param about one sentence for the schema; empty if the name says it
 */
record Key<V>(String name, Type<V> type, String about) {
  static <V> Key<V> of(String name, Type<V> type) {
    return new Key<>(name, type, "");
  }

  static <V> Key<V> of(String name, Type<V> type, String about) {
    return new Key<>(name, type, about);
  }
}
