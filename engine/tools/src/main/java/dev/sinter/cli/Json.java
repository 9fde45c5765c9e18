package dev.sinter.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.io.AtomicFile;
import java.nio.charset.StandardCharsets;

/** Converts to, reads and writes JSON. */
final class Json {
  /** Made on first use: it takes longer than all nodes of a training that writes no file. */
  private static final class Mapper {
    static final ObjectMapper INSTANCE =
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
  }

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Returns a record as an object, or a list or an array as an array. */
  static <T extends JsonNode> T of(Object value) {
    return Mapper.INSTANCE.valueToTree(value);
  }

  /** Converts an object made by {@link #of} back to a record. */
  static <T> T to(Class<T> type, JsonNode node) {
    return Mapper.INSTANCE.convertValue(node, type);
  }

  static String print(JsonNode node) {
    try {
      return Mapper.INSTANCE.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Parses JSON; returns null if it is invalid. */
  static JsonNode parse(String text) {
    try {
      return Mapper.INSTANCE.readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  static AtomicFile.Content content(JsonNode node) {
    return stream -> stream.write((print(node) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
