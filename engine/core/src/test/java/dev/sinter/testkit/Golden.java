package dev.sinter.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the values recorded by scripts/golden/make_golden.py. */
public final class Golden {
  private Golden() {}

  /** Returns the cases of one file. */
  public static List<JsonNode> cases(String file) {
    try (InputStream stream = Golden.class.getResourceAsStream("/golden/" + file)) {
      List<JsonNode> cases = new ArrayList<>();
      new ObjectMapper().readTree(stream).get("cases").forEach(cases::add);
      return cases;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Returns numbers, or rows of numbers, one after the other. */
  public static float[] floats(JsonNode node) {
    List<Float> values = new ArrayList<>();
    collect(node, values);
    float[] result = new float[values.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.get(i);
    }
    return result;
  }

  private static void collect(JsonNode node, List<Float> values) {
    if (node.isArray()) {
      node.forEach(element -> collect(element, values));
    } else {
      values.add((float) node.asDouble());
    }
  }
}
