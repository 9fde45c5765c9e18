package dev.sinter.figures;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a history.csv; see {@link EpochSeries#read}. */
record HistoryFile(Path file) {
  private static final String EPOCH = "epoch";
  private static final Set<String> DRAWN =
      TrainingCurves.DRAWN.stream()
          .flatMap(name -> Stream.of(name, "val_" + name))
          .collect(Collectors.toSet());
  private static final String EXPECTED = "a history.csv in the format of the Keras CSVLogger";
  private static final long MAX_BYTES = 64 << 20;

  EpochSeries read() {
    EpochSeries series = parse(lines(content()));
    if (series.epochs().isEmpty()) {
      throw refused(file.toString(), "at least one epoch", "line 1 alone");
    }
    return series;
  }

  /** Reads a growing file; text after the last line end is incomplete and ignored. */
  EpochSeries readGrowing() {
    String content = Files.exists(file) ? content() : "";
    List<String> lines = lines(content.substring(0, content.lastIndexOf('\n') + 1));
    return lines.isEmpty() ? new EpochSeries(List.of(), Map.of()) : parse(lines);
  }

  private EpochSeries parse(List<String> lines) {
    String header = lines.isEmpty() ? "" : lines.get(0).replace("\uFEFF", "");
    List<String> names = List.of(header.split(",", -1)).stream().map(String::strip).toList();
    int epochColumn = names.indexOf(EPOCH);
    if (epochColumn < 0 || names.stream().noneMatch(DRAWN::contains)) {
      throw refused(
          file + ", line 1",
          "names including epoch and loss",
          "\"" + Captions.shortened(header) + "\"");
    }
    List<Integer> epochs = new ArrayList<>();
    Map<String, List<Double>> values = new LinkedHashMap<>();
    names.stream().filter(DRAWN::contains).forEach(name -> values.put(name, new ArrayList<>()));
    for (int i = 1; i < lines.size(); i++) {
      String where = file + ", line " + (i + 1);
      String[] fields = lines.get(i).split(",", -1);
      if (fields.length != names.size()) {
        throw refused(where, names.size() + " columns, as in line 1", fields.length);
      }
      int last = epochs.isEmpty() ? -1 : epochs.get(epochs.size() - 1);
      epochs.add(epoch(where, fields[epochColumn].strip(), last));
      for (int column = 0; column < fields.length; column++) {
        if (DRAWN.contains(names.get(column))) {
          values.get(names.get(column)).add(number(where, names.get(column), fields[column]));
        }
      }
    }
    return new EpochSeries(epochs, values);
  }

  private static List<String> lines(String content) {
    return content.lines().filter(line -> !line.isBlank()).toList();
  }

  private String content() {
    try {
      if (!Files.exists(file)) {
        throw refused(file.toString(), EXPECTED, "nothing (no such file)");
      }
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
        throw refused(file.toString(), EXPECTED, "a folder, a device or a far larger file");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException problem) {
      throw refused(file.toString(), EXPECTED, "a file that is not text");
    } catch (IOException problem) {
      throw refused(file.toString(), EXPECTED, "a read error (" + problem + ")");
    }
  }

  private static int epoch(String where, String field, int last) {
    try {
      int epoch = Integer.parseInt(field);
      if (epoch > last) {
        return epoch;
      }
    } catch (NumberFormatException noNumber) {
      // Refused below, like an epoch out of order.
    }
    throw refused(where + ", epoch", "a whole number above " + last, Captions.shortened(field));
  }

  private static double number(String where, String name, String field) {
    String text = field.strip();
    if (text.isEmpty() || text.equals("NA")) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text.replaceFirst("^([+-]?)inf$", "$1Infinity"));
    } catch (NumberFormatException noNumber) {
      if (text.equalsIgnoreCase("nan")) {
        return Double.NaN;
      }
      throw refused(where + ", " + name, "a number, or NA", Captions.shortened(text));
    }
  }

  private static InputException refused(String where, String expected, Object received) {
    return InputException.of(where, expected, received, "Name a complete history.csv");
  }
}
