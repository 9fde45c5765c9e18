package dev.sinter.networks;

import dev.sinter.errors.KnownNames;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A mapping with known keys.
 *
 * @param required keys that must be there
 * @param optional keys that may be there
 */
record Section(List<Key<?>> required, List<Key<?>> optional) implements Type<Section.Values> {
  /** What stands in a mapping, by key. */
  static final class Values {
    private final Map<Key<?>, Object> read = new HashMap<>();

    private <V> void read(Key<V> key, YamlValue value) {
      read.put(key, key.type().read(value));
    }

    boolean has(Key<?> key) {
      return read.containsKey(key);
    }

    /** Returns the value of a key; null if it is absent. */
    @SuppressWarnings("unchecked") // read put a V there
    <V> V get(Key<V> key) {
      return (V) read.get(key);
    }

    <V> V get(Key<V> key, V otherwise) {
      return has(key) ? get(key) : otherwise;
    }
  }

  Section {
    required = List.copyOf(required);
    optional = List.copyOf(optional);
  }

  private Stream<Key<?>> keys() {
    return Stream.concat(required.stream(), optional.stream());
  }

  @Override
  public Values read(YamlValue value) {
    if (!value.isNothing() && !value.isMapping()) {
      throw value.refused("keys and values: " + names(), "Write one \"key: value\" a line");
    }
    Map<String, Key<?>> known = new LinkedHashMap<>();
    keys().forEach(key -> known.put(key.name(), key));
    Values values = new Values();
    List<YamlValue.Member> members = value.isNothing() ? List.of() : value.members();
    for (YamlValue.Member member : members) {
      Key<?> key = known.get(member.key());
      if (key == null) {
        throw member
            .value()
            .refused(
                known.isEmpty() ? "no key: it has none" : "one of " + names(),
                "\"" + member.key() + "\"",
                Type.nearest(KnownNames.of("key", known.keySet(), name -> name), member.key()));
      }
      values.read(key, member.value());
    }
    for (Key<?> key : required) {
      if (!values.has(key)) {
        throw value.refused("the key " + key.name(), "none", "Add it");
      }
    }
    return values;
  }

  private String names() {
    return String.join(", ", keys().map(Key::name).toList());
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    keys().forEach(key -> properties.put(key.name(), described(key)));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", required.isEmpty() ? List.of("object", "null") : "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required.stream().map(Key::name).toList());
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  private static Map<String, Object> described(Key<?> key) {
    if (key.about().isEmpty()) {
      return key.type().schema();
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", key.about());
    schema.putAll(key.type().schema());
    return schema;
  }
}
