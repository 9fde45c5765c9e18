package dev.sinter.formats;

import dev.sinter.data.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group of an HDF5 file in memory: what Sinter reads and writes of such files, and no more.
 *
 * @param texts attributes of one text
 * @param lists attributes of several texts
 * @param groups by name, in the order of the file
 * @param arrays datasets of numbers, by name; those without dimensions have the shape []
 * @param integers datasets of one whole number, exactly; when read, they are arrays as well
 */
record Hdf5Group(
    Map<String, String> texts,
    Map<String, List<String>> lists,
    Map<String, Hdf5Group> groups,
    Map<String, Tensor> arrays,
    Map<String, Long> integers) {
  Hdf5Group() {
    this(
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>());
  }

  /** Returns the group with a name, which is created where it is missing. */
  Hdf5Group child(String name) {
    return groups.computeIfAbsent(name, key -> new Hdf5Group());
  }

  /** Returns the group at a path; null where there is none. */
  @Nullable Hdf5Group find(String... path) {
    Hdf5Group group = this;
    for (String name : path) {
      group = group == null ? null : group.groups.get(name);
    }
    return group;
  }

  /** Returns the array at a path with slashes; null where there is none. */
  @Nullable Tensor array(String path) {
    Hdf5Group group = this;
    String[] names = path.split("/");
    for (int i = 0; i + 1 < names.length; i++) {
      group = group.groups.get(names[i]);
      if (group == null) {
        return null;
      }
    }
    return names.length == 0 ? null : group.arrays.get(names[names.length - 1]);
  }

  /**
   * Returns an attribute of several texts; null where there is none. Long ones are in parts, called
   * name0, name1, ...
   */
  @Nullable List<String> list(String name) {
    List<String> whole = lists.get(name);
    if (whole != null || !lists.containsKey(name + 0)) {
      return whole;
    }
    List<String> parts = new java.util.ArrayList<>();
    for (int i = 0; lists.containsKey(name + i); i++) {
      parts.addAll(lists.getOrDefault(name + i, List.of()));
    }
    return parts;
  }
}
