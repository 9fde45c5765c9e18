package dev.sinter.callbacks;

import dev.sinter.CallbackState;
import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.io.AtomicFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the logs of each epoch as a line of a CSV file, which may be read while training runs.
 * Used by one thread at a time, that of the training.
 *
 * <pre>{@code
 * new CSVLogger(Path.of("training.csv"))          // epoch,accuracy,loss,val_accuracy,val_loss
 * new CSVLogger(Path.of("training.csv")).separator(';').append(true)
 * }</pre>
 *
 * <p>Columns: epoch, counted from 0, then the keys of the first epoch's logs, sorted. Without
 * validation each key has a column {@code val_...} besides, as Keras has it; a value that is
 * missing is {@code NA}. Numbers as Python prints them, lines end in CR LF. Appended lines follow
 * the header that the file has. The folder must exist. Source: Keras, callbacks/csv_logger.py.
 */
public final class CSVLogger extends Configurable<CSVLogger> {
  private static final Logger LOG = LoggerFactory.getLogger(CSVLogger.class);
  private static final String NAME = "CSVLogger";
  private static final String EPOCH = "epoch";
  private static final String LINE_END = "\r\n";
  private static final String MISSING = "NA";

  private final Path file;
  private char separator = ',';
  private boolean append;

  private @Nullable List<String> columns; // null until known
  private boolean warned;

  /** Creates a logger that writes its file anew. */
  public CSVLogger(Path file) {
    this.file = Objects.requireNonNull(file, "file");
  }

  /** Returns a copy with another separator of values; the default is a comma. */
  public CSVLogger separator(char value) {
    Arguments.require(
        value != '"' && value != '\r' && value != '\n',
        NAME + ", separator",
        "a character that is neither a quote nor a line end",
        (int) value + " (its code)");
    return with(copy -> copy.separator = value);
  }

  /** Returns a copy that appends to an existing file, or not; the default is false. */
  public CSVLogger append(boolean value) {
    return with(copy -> copy.append = value);
  }

  /**
   * Starts the file.
   *
   * @throws InputException when it cannot be written, or has no header to append to
   */
  @Override
  public void onTrainBegin(Model model) {
    AtomicFile.check(file);
    warned = false;
    columns = null;
    if (append && Files.isRegularFile(file)) {
      continueFile();
    }
    write("", append);
  }

  /** Takes over the header that is there, and ends a last line that is unfinished. */
  private void continueFile() {
    String content = read();
    String header = content.lines().findFirst().orElse("");
    if (header.isEmpty()) {
      return;
    }
    List<String> found = List.of(header.split(Pattern.quote(String.valueOf(separator)), -1));
    if (!found.contains(EPOCH)) {
      throw InputException.of(
          NAME + ", " + file,
          "a header with a column epoch, to append to",
          header,
          "Name another file, or the separator it was written with");
    }
    columns = found;
    if (!content.endsWith("\n")) {
      write(LINE_END, true);
    }
  }

  private String read() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException(
          "%s, %s: expected a CSV file to append to, received a read error (%s). Name another file."
              .formatted(NAME, file, Folders.reason(e)),
          e);
    }
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    String header = "";
    if (columns == null) {
      columns = columns(logs);
      header = line(columns);
    }
    if (!warned && !columns.containsAll(logs.keySet())) {
      warned = true;
      LOG.warn("{}: expected columns for {}, it has {}", file, logs.keySet(), columns);
    }
    Map<String, String> values = new HashMap<>();
    logs.forEach((name, value) -> values.put(name, PythonNumber.of(value)));
    values.put(EPOCH, "" + epoch);
    List<String> row = columns.stream().map(name -> values.getOrDefault(name, MISSING)).toList();
    write(header + line(row), true);
  }

  /** Returns the file as it is: a training that goes on begins with these lines. */
  @Override
  public @Nullable CallbackState state() {
    return Files.isRegularFile(file) ? CallbackState.of("file", read()) : null; // no pipe
  }

  @Override
  public void restore(CallbackState state) {
    String content = state.text("file");
    if (content != null) {
      write(content, false);
      columns = null;
      continueFile();
    }
  }

  private static List<String> columns(Map<String, Double> logs) {
    List<String> keys = new ArrayList<>(new TreeSet<>(logs.keySet()));
    if (keys.stream().noneMatch(key -> key.startsWith("val_"))) {
      keys.addAll(keys.stream().map(key -> "val_" + key).toList());
    }
    keys.add(0, EPOCH);
    return keys;
  }

  private String line(List<String> values) {
    return values.stream()
            .map(this::quotedIfNeeded)
            .collect(Collectors.joining(String.valueOf(separator)))
        + LINE_END;
  }

  private String quotedIfNeeded(String value) {
    boolean plain = value.chars().noneMatch(c -> c == separator || c == '"' || c < ' ');
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }

  /** Opens and closes the file each time: a training that fails leaves nothing open. */
  private void write(String text, boolean atEnd) {
    try (OutputStream out = new FileOutputStream(file.toFile(), atEnd)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new RunException(
          "%s, %s: expected to write a line, received an error (%s). Free some space or write elsewhere."
              .formatted(NAME, file, Folders.reason(e)),
          e);
    }
  }
}
