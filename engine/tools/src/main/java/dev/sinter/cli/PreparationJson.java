package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import dev.sinter.networks.Preparation;
import dev.sinter.tables.ColumnCoding;
import dev.sinter.tables.LabelCoding;
import dev.sinter.tables.TableCoding;
import java.util.ArrayList;
import java.util.List;

/** A preparation as JSON: data.json of a run folder, and a note of a model file. */
final class PreparationJson {
  private final String where;

  private PreparationJson(String where) {
    this.where = where;
  }

  static ObjectNode write(Preparation preparation) {
    ObjectNode json = Json.object();
    if (preparation instanceof Preparation.OfImages images) {
      json.put("kind", "images");
      json.put("height", images.height());
      json.put("width", images.width());
      json.put("channels", images.channels());
      json.put("resized", images.resized());
      json.set("classes", Json.of(images.classes()));
      return json;
    }
    Preparation.OfTable table = (Preparation.OfTable) preparation;
    TableCoding coding = table.coding();
    json.put("kind", "table");
    json.put("heading", table.heading());
    json.put("decimal_comma", table.decimalComma());
    ArrayNode columns = json.putArray("columns");
    for (ColumnCoding column : coding.columns()) {
      ObjectNode node = columns.addObject();
      node.put("name", column.name());
      if (column instanceof ColumnCoding.Quantity quantity) {
        node.put("words", quantity.words());
        node.put("fill", quantity.fill());
        node.put("flag", quantity.flag());
      } else if (column instanceof ColumnCoding.Category category) {
        node.set("values", Json.of(category.values()));
        node.put("unknown", category.unknown());
        node.put("embedding", category.embedding());
      }
    }
    ObjectNode label = json.putObject("label");
    label.put("name", coding.label().name());
    label.set("classes", Json.of(coding.label().classes()));
    return json;
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param where the file, for messages
   * @param json null for what is no JSON
   */
  static Preparation read(String where, JsonNode json) {
    PreparationJson reader = new PreparationJson(where);
    if (json == null) {
      throw InputException.of(
          where, "JSON", "something else", "Use the file that train --out wrote");
    }
    return switch (json.path("kind").asText()) {
      case "images" ->
          new Preparation.OfImages(
              reader.length(json, "height"),
              reader.length(json, "width"),
              reader.length(json, "channels"),
              json.path("resized").asBoolean(),
              reader.texts(json, "classes"));
      case "table" ->
          new Preparation.OfTable(
              reader.coding(json),
              json.hasNonNull("heading") ? json.path("heading").asBoolean() : null,
              json.path("decimal_comma").asBoolean());
      default -> throw reader.damaged("kind", "table or images", json.path("kind"));
    };
  }

  private TableCoding coding(JsonNode json) {
    List<ColumnCoding> columns = new ArrayList<>();
    for (JsonNode column : json.path("columns")) {
      String name = column.path("name").asText();
      columns.add(
          column.has("values")
              ? new ColumnCoding.Category(
                  name,
                  texts(column, "values"),
                  column.path("unknown").textValue(),
                  column.path("embedding").asInt())
              : new ColumnCoding.Quantity(
                  name,
                  column.path("words").asBoolean(),
                  column.path("fill").asDouble(),
                  column.path("flag").asBoolean()));
    }
    if (columns.isEmpty()) {
      throw damaged("columns", "at least one column", json.path("columns"));
    }
    JsonNode label = json.path("label");
    List<String> classes = label.hasNonNull("classes") ? texts(label, "classes") : null;
    return new TableCoding(columns, new LabelCoding(label.path("name").asText(), classes));
  }

  private List<String> texts(JsonNode json, String field) {
    List<String> texts = new ArrayList<>();
    json.path(field).forEach(each -> texts.add(each.asText()));
    if (texts.isEmpty()) {
      throw damaged(field, "a list of texts", json.path(field));
    }
    return texts;
  }

  private int length(JsonNode json, String field) {
    int value = json.path(field).asInt();
    if (value < 1) {
      throw damaged(field, "at least 1", json.path(field));
    }
    return value;
  }

  private InputException damaged(String field, String expected, JsonNode received) {
    String text = received.isMissingNode() ? "nothing" : received.toString();
    return InputException.of(
        where + ", " + field, expected, text, "Use the file that train --out wrote");
  }
}
