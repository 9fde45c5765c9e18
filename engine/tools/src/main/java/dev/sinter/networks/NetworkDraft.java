package dev.sinter.networks;

import dev.sinter.datasets.ImageSet;
import dev.sinter.tables.ColumnKind;
import dev.sinter.tables.ColumnOptions;
import dev.sinter.tables.ColumnSurvey;
import dev.sinter.tables.Table;
import dev.sinter.tables.TableCoding;
import dev.sinter.tables.TableOptions;
import dev.sinter.tables.TestRows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The file of a network for data that it is shown, with a comment for what it found: a start to
 * change, not the best network. Used by one thread at a time.
 */
public final class NetworkDraft {
  private static final double TEST_SPLIT = 0.2;
  private static final long SEED = 1;
  private static final String NOT_IN_YAML = "[\\p{Cc}\\u2028\\u2029\\uFFFE\\uFFFF]";
  private static final int SHOWN = 5; // values in a comment
  private static final int LONGEST = 24; // letters of a value in a comment
  private static final int MANY_ROWS = 10_000;
  private static final int FOR_CONVOLUTIONS = 16; // pixels a side

  private final StringBuilder text = new StringBuilder();

  private NetworkDraft() {}

  /**
   * Returns the text of a file.
   *
   * @param data a table, a folder of images, or IDX files
   * @param label the column to predict; null for images
   * @param size that images in folders are resized to; null if they must agree
   * @throws dev.sinter.errors.InputException for data that cannot be read or learned from
   */
  public static String of(Path data, String label, ImageSet.Size size) {
    NetworkDraft draft = new NetworkDraft();
    if (ImageSet.isIdx(data)) {
      draft.images(data, ImageSet.ofIdx(data));
    } else if (Files.isDirectory(data)) {
      draft.images(data, ImageSet.ofFolders(data, size));
    } else {
      draft.table(data, Table.read(data), label);
    }
    return draft.text.toString();
  }

  private void table(Path data, Table table, String label) {
    TableOptions options = TableOptions.label(label);
    List<ColumnSurvey> surveys = new ArrayList<>();
    for (int column = 0; column < table.columns().size(); column++) {
      if (column != table.column(label)) {
        ColumnSurvey survey = ColumnSurvey.of(table, column);
        surveys.add(survey);
        options = options.column(survey.name(), settings(survey));
      }
    }
    int[] training = TestRows.part(table, options, TEST_SPLIT, SEED).training();
    TableCoding coding = TableCoding.learn(table, options, training);
    List<String> classes = coding.classes();
    line("# A network for %s, from %d features.", fileName(data), features(coding));
    line("# docs/your-own-data.md explains the keys; docs/network.schema.json is their schema.");
    line("name: %s", quoted(fileName(data).replaceFirst("\\.[^.]*$", "")));
    line("");
    line("data:");
    line("  label: %s  # %s", quoted(label), label(coding));
    line("  test_split: %s  # of the rows%s, kept for testing", TEST_SPLIT, each(classes));
    line("  columns:  # without its line, a column is read as it looks");
    for (ColumnSurvey survey : surveys) {
      line("    %s: %s  # %s", quoted(survey.name()), setting(survey), found(survey));
    }
    line("");
    line("layers:");
    line("  - Normalization  # numbers get mean 0 and variance 1 over the training rows");
    int units = units(features(coding));
    line("  - Dense: {units: %d, activation: relu}", units);
    line("  - Dense: {units: %d, activation: relu}", units);
    boolean many = table.rows() > MANY_ROWS;
    if (classes == null) {
      numbers(table, table.column(label), training, many);
    } else {
      classes(classes, many, "  # one output for each class");
    }
  }

  private void images(Path data, ImageSet images) {
    int[] shape = images.train().featureShape();
    List<String> classes = images.classes();
    line("# A network for the images in %s: %d classes.", fileName(data), classes.size());
    line("# docs/your-own-data.md explains the keys; docs/network.schema.json is their schema.");
    line("name: %s", quoted(fileName(data)));
    line("");
    line("data:");
    line(
        "  test_split: %s  # %s",
        TEST_SPLIT,
        images.test() == null
            ? "of the images of each class, kept for testing"
            : "without effect: the files hold a test set");
    if (images.test() == null) {
      line(
          "  size: [%d, %d]  # height and width; images of other sizes are resized",
          shape[0], shape[1]);
    }
    line("");
    line(
        "layers:  # pixels come as numbers from 0 to 1, [%d, %d, %d]",
        shape[0], shape[1], shape[2]);
    if (Math.min(shape[0], shape[1]) >= FOR_CONVOLUTIONS) {
      for (int filters : new int[] {32, 64}) {
        line("  - Conv2D: {filters: %d, kernel_size: 3, activation: relu}", filters);
        line("  - MaxPooling2D: {pool_size: 2}");
      }
      line("  - Flatten");
      line("  - Dropout: {rate: 0.5}  # of the numbers, in training alone: against overfitting");
    } else {
      line("  - Flatten");
      line("  - Dense: {units: 128, activation: relu}");
    }
    classes(classes, true, "  # one output for each class: " + listed(classes));
  }

  private void classes(List<String> classes, boolean many, String comment) {
    line("  - Dense: {units: %d, activation: softmax}%s", classes.size(), comment);
    line("");
    line("optimizer:");
    line("  adam: {learning_rate: %s}", many ? "0.001" : "0.005");
    line("loss: sparse_categorical_crossentropy");
    line("metrics: [accuracy]");
    training(many);
  }

  private void numbers(Table table, int label, int[] training, boolean many) {
    double[] values =
        IntStream.of(training)
            .mapToDouble(row -> Double.parseDouble(table.cell(row, label)))
            .toArray();
    double mean = DoubleStream.of(values).average().orElse(0);
    double variance = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).average().orElse(1);
    line("  - Dense: {units: 1}");
    line(
        "  - Rescaling: {scale: %s, offset: %s}  # to the label's deviation and mean",
        number(Math.sqrt(variance)), number(mean));
    line("");
    line("optimizer:");
    line("  adam: {learning_rate: %s}", many ? "0.001" : "0.005");
    line("loss: mean_squared_error");
    line("metrics: [mean_absolute_error]");
    training(many);
  }

  private void training(boolean many) {
    line("");
    line("epochs: %d", many ? 30 : 100);
    line("batch_size: 32");
    line(
        "validation_split: 0.1  # of the training samples: held out, for the curves and EarlyStopping");
    line("seed: 1");
    line("");
    line("callbacks:");
    line(
        "  - EarlyStopping: {monitor: val_loss, patience: %d, restore_best_weights: true}",
        many ? 5 : 15);
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static int features(TableCoding coding) {
    return coding.features().size();
  }

  private static String fileName(Path data) {
    return printable(String.valueOf(data.toAbsolutePath().normalize().getFileName()));
  }

  private static String label(TableCoding coding) {
    List<String> classes = coding.classes();
    return classes == null
        ? "the number " + printable(coding.label().name())
        : classes.size() + " classes: " + listed(classes);
  }

  private static String each(List<String> classes) {
    return classes == null ? "" : " of each class";
  }

  /** Returns a width between 16 and 128 that grows with the features. */
  private static int units(int features) {
    return Math.min(128, Math.max(16, Integer.highestOneBit(2 * features)));
  }

  private static ColumnOptions settings(ColumnSurvey survey) {
    ColumnOptions options = ColumnOptions.DEFAULT.kind(survey.kind());
    return hasGaps(survey) ? options.missing(ColumnOptions.Fill.MEDIAN).flag(true) : options;
  }

  /** Returns whether a column of numbers has gaps. */
  private static boolean hasGaps(ColumnSurvey survey) {
    return survey.missing() > 0 && survey.kind() == ColumnKind.NUMERIC;
  }

  private static String setting(ColumnSurvey survey) {
    return hasGaps(survey)
        ? "{kind: numeric, missing: median, flag: true}"
        : survey.kind().toString();
  }

  private static String found(ColumnSurvey survey) {
    if (survey.reason() != null) {
      return printable(survey.reason());
    }
    String gaps = survey.missing() == 0 ? "" : "; " + survey.missing() + " gaps";
    List<String> values = survey.values();
    if (survey.kind() == ColumnKind.NUMERIC) {
      return (survey.wholeNumbers() ? "whole numbers" : "numbers") + gaps;
    }
    String own =
        gaps.isEmpty() || survey.kind() == ColumnKind.BOOLEAN ? "" : ", a class of their own";
    return values.size() + " values: " + listed(values) + gaps + own;
  }

  private static String listed(List<String> values) {
    String first =
        values.stream().limit(SHOWN).map(NetworkDraft::shortened).collect(Collectors.joining(", "));
    return values.size() > SHOWN ? first + ", ..." : first;
  }

  private static String shortened(String value) {
    String shown = value.length() > LONGEST ? value.substring(0, LONGEST) + "..." : value;
    return printable(shown.contains(",") ? "\"" + shown + "\"" : shown);
  }

  private static String printable(String text) {
    return text.replaceAll(NOT_IN_YAML, "?");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  /** Returns a text as YAML, in quotes where it could be taken for something else. */
  static String quoted(String text) {
    boolean plain =
        text.matches("[\\p{L}_][\\p{L}\\p{N}_ .()-]*")
            && !text.endsWith(" ")
            && !Arrays.asList("true", "false", "null", "yes", "no", "on", "off", "y", "n")
                .contains(text.toLowerCase(Locale.ROOT));
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (String.valueOf(c).matches(NOT_IN_YAML)) {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
