package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.sinter.errors.InputException;
import java.io.IOException;
import java.io.StringReader;
import org.jspecify.annotations.Nullable;

/** Reads JSON from strangers: no deep nesting, no name twice, nothing after the end. */
final class StrictJson {
  private static final int MAX_DEPTH = 64;

  private StrictJson() {}

  /**
   * Reads an object.
   *
   * @param where the file and its part, for messages
   */
  static JsonObject object(String where, String text) {
    try (JsonReader in = new JsonReader(new StringReader(text))) {
      in.setStrictness(Strictness.STRICT);
      in.setNestingLimit(MAX_DEPTH);
      JsonElement value = value(in);
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw malformed(where, "more after its end", null);
      }
      if (!(value instanceof JsonObject object)) {
        throw malformed(where, "another value", null);
      }
      return object;
    } catch (IOException | IllegalStateException | NumberFormatException problem) {
      String message = String.valueOf(problem.getMessage());
      throw malformed(where, message.lines().findFirst().orElse(""), problem);
    }
  }

  private static JsonElement value(JsonReader in) throws IOException {
    switch (in.peek()) {
      case BEGIN_OBJECT -> {
        JsonObject object = new JsonObject();
        in.beginObject();
        while (in.hasNext()) {
          String name = in.nextName();
          if (object.has(name)) {
            throw new IOException("the name " + name + " twice");
          }
          object.add(name, value(in));
        }
        in.endObject();
        return object;
      }
      case BEGIN_ARRAY -> {
        JsonArray array = new JsonArray();
        in.beginArray();
        while (in.hasNext()) {
          array.add(value(in));
        }
        in.endArray();
        return array;
      }
      case STRING -> {
        return new JsonPrimitive(in.nextString());
      }
      case NUMBER -> {
        return new JsonPrimitive(Double.valueOf(in.nextString()));
      }
      case BOOLEAN -> {
        return new JsonPrimitive(in.nextBoolean());
      }
      case NULL -> {
        in.nextNull();
        return JsonNull.INSTANCE;
      }
      default -> throw new IOException("no value at " + in.getPath());
    }
  }

  /** Returns a member that is an object; null where it is missing, null or something else. */
  static @Nullable JsonObject object(@Nullable JsonElement parent, String name) {
    JsonElement member = member(parent, name);
    return member instanceof JsonObject object ? object : null;
  }

  /** Returns a member that is a text; null where it is missing, null or something else. */
  static @Nullable String text(@Nullable JsonElement parent, String name) {
    JsonElement member = member(parent, name);
    return member instanceof JsonPrimitive text && text.isString() ? text.getAsString() : null;
  }

  /** Returns a member; null where it is missing or null. */
  static @Nullable JsonElement member(@Nullable JsonElement parent, String name) {
    JsonElement member = parent instanceof JsonObject object ? object.get(name) : null;
    return member == null || member.isJsonNull() ? null : member;
  }

  /** Returns a member that is a number; null where it is missing, null or something else. */
  static @Nullable Double number(@Nullable JsonElement parent, String name) {
    JsonElement member = member(parent, name);
    return member instanceof JsonPrimitive number && number.isNumber()
        ? Double.valueOf(number.getAsDouble())
        : null;
  }

  /** Returns a member that is true or false; the other value where it is missing. */
  static boolean flag(@Nullable JsonElement parent, String name, boolean otherwise) {
    JsonElement member = member(parent, name);
    return member instanceof JsonPrimitive flag && flag.isBoolean()
        ? flag.getAsBoolean()
        : otherwise;
  }

  private static InputException malformed(
      String where, String received, @Nullable Exception cause) {
    return InputException.of(
        where, "a JSON object", received, "Get the file again, or save it again", cause);
  }
}
