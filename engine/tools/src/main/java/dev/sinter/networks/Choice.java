package dev.sinter.networks;

import dev.sinter.errors.KnownNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One of several entries: its name alone, or its name and below it its settings.
 *
 * @param what the entries are, for messages
 */
record Choice<T>(String what, List<Entry<? extends T>> entries) implements Type<T> {
  Choice {
    entries = List.copyOf(entries);
  }

  /** Returns the names of the entries. */
  List<String> names() {
    return entries.stream().map(entry -> entry.name()).toList();
  }

  @Override
  public T read(YamlValue value) {
    if (value.isText()) {
      return read(value.text(), value, new YamlValue(value.file(), "", value.line(), null));
    }
    if (!value.isMapping() || value.members().size() != 1) {
      throw value.refused(
          "one " + what + ": its name, and its settings below it",
          value.isMapping() ? value.members().size() + " keys" : "something else",
          "Write it as \"Name: {key: value}\"; the names are " + String.join(", ", names()));
    }
    YamlValue.Member only = value.members().get(0);
    int line = only.value().line();
    YamlValue place = new YamlValue(value.file(), value.path(), line, value.node());
    return read(only.key(), place, only.value());
  }

  private T read(String name, YamlValue place, YamlValue settings) {
    for (Entry<? extends T> entry : entries) {
      if (entry.name().equals(name)) {
        return Type.made(place, () -> entry.make().apply(entry.section().read(settings)));
      }
    }
    KnownNames<String> known = KnownNames.of(what, names(), each -> each);
    throw place.refused(
        "one of " + String.join(", ", names()), "\"" + name + "\"", Type.nearest(known, name));
  }

  @Override
  public Map<String, Object> schema() {
    List<String> alone =
        entries.stream()
            .filter(entry -> entry.section().required().isEmpty())
            .map(entry -> entry.name())
            .toList();
    Map<String, Object> properties = new LinkedHashMap<>();
    entries.forEach(entry -> properties.put(entry.name(), entry.section().schema()));
    Map<String, Object> mapping = new LinkedHashMap<>();
    mapping.put("type", "object");
    mapping.put("properties", properties);
    mapping.put("additionalProperties", false);
    mapping.put("minProperties", 1);
    mapping.put("maxProperties", 1);
    return Type.ordered("anyOf", List.of(Type.ordered("enum", alone), mapping));
  }
}
