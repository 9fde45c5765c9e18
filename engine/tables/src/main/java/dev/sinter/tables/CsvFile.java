package dev.sinter.tables;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The records of a CSV file, whose delimiter is found by itself: the one that gives the records at
 * the start of the file the same number of fields, the most of them. Commas that stand between
 * digits alone are decimal ones where there is another delimiter.
 */
record CsvFile(Path file) {
  private static final String EXPECTED = "a CSV file";
  private static final char[] DELIMITERS = {',', ';', '\t', '|'};
  private static final Pattern TEXT_COMMA = Pattern.compile("(?<!\\d),|,(?!\\d)");
  private static final int BYTE_ORDER_MARK = 0xFEFF;
  private static final int SAMPLE = 1 << 16; // characters
  private static final int BYTES_PER_BYTE = 12; // of memory, for a short cell's text

  /** A line of the file and its fields, without blanks around them. */
  record Line(long number, String[] fields) {}

  /** The lines of the file, and what stands between their fields. */
  record Content(char delimiter, List<Line> lines) {}

  /** Reads all lines but empty ones; each has as many fields as the first. */
  Content read() {
    long sizeBytes = FileInput.requireFile(file, EXPECTED);
    FileInput.requireMemory(file.toString(), BYTES_PER_BYTE * sizeBytes);
    List<Line> lines = new ArrayList<>();
    char delimiter;
    try (Reader text = text()) {
      delimiter = delimiter();
      CsvReader<CsvRecord> reader = reader(delimiter).ofCsvRecord(text);
      for (CsvRecord row : reader) {
        Line line = line(row);
        requireAsMany(lines.isEmpty() ? line : lines.get(0), line);
        lines.add(line);
      }
    } catch (CsvParseException problem) {
      if (problem.getCause() instanceof CharacterCodingException) {
        throw notUtf8(problem);
      }
      throw InputException.of(
          file.toString(),
          EXPECTED + " of at most 16384 columns, each quote closed",
          problem.getMessage(),
          "Correct the file",
          problem);
    } catch (UncheckedIOException | CharacterCodingException problem) {
      throw notUtf8(problem);
    } catch (IOException problem) {
      throw FileInput.unreadable(file, EXPECTED, problem);
    }
    if (lines.isEmpty()) {
      throw InputException.of(
          file.toString(), EXPECTED + " with a heading and rows", "an empty file", "Add rows");
    }
    return new Content(delimiter, lines);
  }

  private InputException notUtf8(Exception problem) {
    return InputException.of(
        file.toString(),
        EXPECTED + " in UTF-8",
        "one in another encoding, or damaged",
        "Write it again, in UTF-8",
        problem);
  }

  /** Opens the file behind a byte order mark; what is not UTF-8 is refused as it is read. */
  private Reader text() throws IOException {
    Reader text = Files.newBufferedReader(file);
    text.mark(1);
    if (text.read() != BYTE_ORDER_MARK) {
      text.reset();
    }
    return text;
  }

  private static Line line(CsvRecord row) {
    return new Line(
        row.getStartingLineNumber(),
        row.getFields().stream().map(String::strip).toArray(String[]::new));
  }

  private void requireAsMany(Line first, Line line) {
    if (line.fields.length != first.fields.length) {
      throw InputException.of(
          file + ", line " + line.number,
          first.fields.length + " columns, as in line " + first.number,
          line.fields.length,
          "Correct the line");
    }
  }

  private static CsvReader.CsvReaderBuilder reader(char delimiter) {
    return CsvReader.builder().fieldSeparator(delimiter);
  }

  private char delimiter() throws IOException {
    char[] start = new char[SAMPLE];
    int read;
    try (Reader text = text()) {
      read = Math.max(0, text.read(start));
    }
    String sample = new String(start, 0, read);
    char best = DELIMITERS[0];
    double bestScore = 0;
    for (char delimiter : DELIMITERS) {
      double score = score(sample, read < SAMPLE, delimiter);
      boolean decimalCommas = best == ',' && score >= 2 && !TEXT_COMMA.matcher(sample).find();
      if (score > bestScore || decimalCommas) {
        best = delimiter;
        bestScore = score;
      }
    }
    return best;
  }

  /** Returns the number of fields, if all records have it; below 1 for the share that has it. */
  private static double score(String sample, boolean whole, char delimiter) {
    List<Integer> counts = new ArrayList<>();
    try (CsvReader<CsvRecord> reader = reader(delimiter).ofCsvRecord(sample)) {
      for (CsvRecord row : reader) {
        counts.add(row.getFieldCount());
      }
    } catch (CsvParseException | IOException noSuchFile) {
      return 0;
    }
    if (!whole && counts.size() > 1) {
      counts.remove(counts.size() - 1); // it is cut
    }
    if (counts.isEmpty() || counts.get(0) < 2) {
      return 0;
    }
    long same = counts.stream().filter(count -> count.equals(counts.get(0))).count();
    return same == counts.size() ? counts.get(0) : same / (double) counts.size();
  }
}
