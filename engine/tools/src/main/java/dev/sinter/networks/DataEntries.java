package dev.sinter.networks;

import dev.sinter.errors.InputException;
import dev.sinter.tables.ColumnKind;
import dev.sinter.tables.ColumnOptions;
import dev.sinter.tables.LabelKind;
import java.util.List;
import java.util.Map;

/** What a file may say of its data. */
final class DataEntries {
  static final Key<String> LABEL =
      Key.of("label", Type.TEXT, "The column that is predicted, unless the command names another.");
  static final Key<LabelKind> LABEL_KIND =
      Key.of(
          "label_kind",
          Type.oneOf("label_kind", List.of(LabelKind.values()), LabelKind::toString),
          "classes or number; else texts and up to 10 different whole numbers are classes.");
  static final Key<Double> TEST_SPLIT =
      Key.of(
          "test_split",
          Type.NUMBER.map(DataEntries::share),
          "The share of the samples that is kept for testing, from each class; 0.2 if absent.");
  static final Key<Boolean> HEADING =
      Key.of("heading", Type.BOOLEAN, "Whether the first line names the columns.");
  static final Key<List<Integer>> SIZE =
      Key.of(
          "size",
          Type.listOf(Type.integer(1)).map(DataEntries::size),
          "[height, width] that images are resized to; if absent, they must agree.");

  private static final Key<ColumnKind> KIND =
      Key.of("kind", Type.oneOf("kind", List.of(ColumnKind.values()), ColumnKind::toString));
  private static final Key<ColumnOptions.Fill> MISSING =
      Key.of(
          "missing",
          Type.oneOf("missing", List.of(ColumnOptions.Fill.values()), Object::toString),
          "What fills the gaps of numbers.");
  private static final Key<Boolean> FLAG =
      Key.of("flag", Type.BOOLEAN, "Whether a further feature says where gaps were.");
  private static final Key<String> UNKNOWN =
      Key.of(
          "unknown",
          Type.TEXT,
          "The value that an unknown category is taken for: missing, or one of its own.");

  private static final Key<Integer> EMBEDDING =
      Key.of(
          "embedding",
          Type.integer(1),
          "The length of the vector that each value of a category is learned as.");

  private static final Type<ColumnOptions> COLUMN =
      Type.either(
          KIND.type().map(ColumnOptions.DEFAULT::kind),
          new Section(List.of(), List.of(KIND, MISSING, FLAG, UNKNOWN, EMBEDDING))
              .map(
                  values ->
                      new ColumnOptions(
                          values.get(KIND),
                          values.get(MISSING),
                          values.get(FLAG, false),
                          values.get(UNKNOWN),
                          values.get(EMBEDDING, 0))));

  static final Key<Map<String, ColumnOptions>> COLUMNS =
      Key.of(
          "columns",
          Type.mapOf(COLUMN),
          "By name, a kind (numeric, boolean, category, ignore) or settings; the others as they look.");

  static final Section ALL =
      new Section(List.of(), List.of(LABEL, LABEL_KIND, TEST_SPLIT, HEADING, SIZE, COLUMNS));

  private DataEntries() {}

  static double share(double value) {
    if (!(value >= 0 && value < 1)) {
      throw InputException.of(
          "a share of the samples", "a number from 0 to below 1", value, "Correct the value");
    }
    return value;
  }

  private static List<Integer> size(List<Integer> value) {
    if (value.size() != 2) {
      throw InputException.of("size", "[height, width]", value, "Correct the value");
    }
    return value;
  }
}
