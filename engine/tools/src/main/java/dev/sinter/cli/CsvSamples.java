package dev.sinter.cli;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads samples from a CSV file: numbers, one sample a row, the first row may be a heading. */
final class CsvSamples {
  private static final String EXPECTED = "a CSV file of numbers";
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  private final Path file;
  private final int features;
  private final List<float[]> rows = new ArrayList<>();

  private CsvSamples(Path file, int features) {
    this.file = file;
    this.features = features;
  }

  /**
   * Reads a file into [N, features].
   *
   * @param features the number of numbers in each row
   */
  static Tensor read(Path file, int features) {
    long sizeBytes = FileInput.requireFile(file, EXPECTED);
    FileInput.requireMemory(file.toString(), 2 * sizeBytes); // a digit and a comma: four bytes
    CsvSamples samples = new CsvSamples(file, features);
    try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(file)) {
      for (CsvRecord row : reader) {
        samples.add(row);
      }
    } catch (CsvParseException | UncheckedIOException problem) {
      Throwable cause = problem.getCause() == null ? problem : problem.getCause();
      throw InputException.of(
          file.toString(),
          EXPECTED,
          "one that cannot be read (" + Names.printable(String.valueOf(cause.getMessage())) + ")",
          "Write it again, in UTF-8, with commas between the numbers",
          problem);
    } catch (IOException problem) {
      throw FileInput.unreadable(file, EXPECTED, problem);
    }
    if (samples.rows.isEmpty()) {
      throw InputException.of(
          file.toString(), "at least one row of numbers", "none", "Add a sample");
    }
    return Tensor.of(samples.rows.toArray(float[][]::new));
  }

  private void add(CsvRecord row) {
    List<String> fields = row.getFields();
    if (row.getStartingLineNumber() == 1
        && fields.stream().noneMatch(field -> NUMBER.matcher(field.strip()).matches())) {
      return; // the heading
    }
    String where = file + ", line " + row.getStartingLineNumber();
    if (fields.size() != features) {
      throw InputException.of(
          where,
          features + " numbers, the input features of the model",
          fields.size(),
          "Give one sample a row, numbers alone");
    }
    float[] values = new float[features];
    for (int i = 0; i < features; i++) {
      String field = fields.get(i).strip();
      values[i] = NUMBER.matcher(field).matches() ? Float.parseFloat(field) : Float.NaN;
      if (!Float.isFinite(values[i])) {
        String shown = field.length() > 40 ? field.substring(0, 40) + "..." : field;
        throw InputException.of(
            where + ", column " + (i + 1),
            "a number",
            "\"" + Names.printable(shown) + "\"",
            "Correct the value");
      }
    }
    rows.add(values);
  }
}
