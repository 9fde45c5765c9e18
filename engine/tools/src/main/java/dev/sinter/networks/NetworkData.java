package dev.sinter.networks;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.ImageSet;
import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import dev.sinter.networks.Section.Values;
import dev.sinter.tables.ColumnKind;
import dev.sinter.tables.ColumnOptions;
import dev.sinter.tables.ColumnSurvey;
import dev.sinter.tables.Table;
import dev.sinter.tables.TableCoding;
import dev.sinter.tables.TableOptions;
import dev.sinter.tables.TestRows;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * The samples that a network is trained and tested on.
 *
 * @param train labels are class indices or numbers
 * @param test null if no sample is kept for testing
 * @param source "table", "images" or "idx"
 * @param note one line: the origin, and what was left out
 */
public record NetworkData(
    Dataset train, Dataset test, Preparation preparation, String source, String note) {
  private static final double TEST_SPLIT = 0.2;

  /**
   * Where the data is, and what the command says of it.
   *
   * @param path a table, a folder of images, or IDX files
   * @param label the column to predict; null for the one that the file of the network names
   * @param size that images are resized to; null for that of the file of the network
   */
  public record Place(Path path, String label, ImageSet.Size size) {}

  /**
   * Reads data and keeps a part of it for testing.
   *
   * @param seed of the parts
   */
  static NetworkData read(NetworkFile file, Place place, long seed) {
    Values values = file.data();
    if (ImageSet.isIdx(place.path())) {
      refuseLabel(place);
      refuseSize(place, "IDX files, whose images have one size");
      return ofImages(ImageSet.ofIdx(place.path()), "idx", false, values, seed);
    }
    if (Files.isDirectory(place.path())) {
      refuseLabel(place);
      ImageSet.Size size = size(values, place);
      ImageSet images = ImageSet.ofFolders(place.path(), size);
      return ofImages(images, "images", size != null, values, seed);
    }
    FileInput.requireFile(place.path(), "a CSV table, a folder of images or IDX files");
    refuseSize(place, "a table");
    return ofTable(file, values, place, seed);
  }

  /** Reads data to test a trained network on: all of it is in both parts. */
  static NetworkData tested(Preparation preparation, Path path) {
    Dataset samples = preparation.labelled(path);
    boolean idx = preparation instanceof Preparation.OfImages && ImageSet.isIdx(path);
    String source = preparation instanceof Preparation.OfTable ? "table" : idx ? "idx" : "images";
    String note = "data: " + path + (idx ? ", its test images" : "");
    return new NetworkData(samples, samples, preparation, source, note);
  }

  /** Returns a checksum over the samples and the labels of both parts. */
  String checksum() {
    CRC32 crc = new CRC32();
    for (Dataset part : test == null ? List.of(train) : List.of(train, test)) {
      add(crc, part.source());
      add(crc, part.sourceLabels());
    }
    return "%08x".formatted(crc.getValue());
  }

  private static void add(CRC32 crc, Tensor tensor) {
    int width = tensor.rowSize();
    ByteBuffer row = ByteBuffer.allocate(Float.BYTES * width);
    for (int from = 0; from < tensor.size(); from += width) {
      row.clear();
      for (int i = from; i < from + width; i++) {
        row.putFloat(tensor.get(i));
      }
      crc.update(row.flip());
    }
  }

  private static void refuseLabel(Place place) {
    if (place.label() != null) {
      throw InputException.of(
          "label " + place.label(),
          "a table",
          "the folder " + place.path() + ", whose images are labelled by their folders or files",
          "Leave the label out");
    }
  }

  private static void refuseSize(Place place, String received) {
    if (place.size() != null) {
      throw InputException.of(
          "size %dx%d".formatted(place.size().height(), place.size().width()),
          "a folder with a folder of images for each class",
          received,
          "Leave the size out");
    }
  }

  private static ImageSet.Size size(Values values, Place place) {
    if (place.size() != null || !values.has(DataEntries.SIZE)) {
      return place.size();
    }
    List<Integer> size = values.get(DataEntries.SIZE);
    return new ImageSet.Size(size.get(0), size.get(1));
  }

  private static NetworkData ofImages(
      ImageSet images, String source, boolean resized, Values values, long seed) {
    int[] shape = images.train().featureShape();
    Preparation preparation =
        new Preparation.OfImages(shape[0], shape[1], shape[2], resized, images.classes());
    if (images.test() != null) {
      return new NetworkData(images.train(), images.test(), preparation, source, images.note());
    }
    float[] labels = images.train().y().toFloats();
    TestRows rows = TestRows.part(labels, values.get(DataEntries.TEST_SPLIT, TEST_SPLIT), seed);
    return parted(images.train(), rows, preparation, source, images.note());
  }

  private static NetworkData ofTable(NetworkFile file, Values values, Place place, long seed) {
    String label = place.label() == null ? values.get(DataEntries.LABEL) : place.label();
    if (label == null) {
      throw InputException.of(
          file.path().toString(),
          "a label: the column of the table that is predicted",
          "none",
          "Add \"data: {label: NAME}\" to the file, or name it in the command");
    }
    Boolean heading = values.get(DataEntries.HEADING);
    Table table = Table.read(place.path(), heading, false);
    Map<String, ColumnOptions> columns = values.get(DataEntries.COLUMNS, Map.of());
    TableOptions options = new TableOptions(label, values.get(DataEntries.LABEL_KIND), columns);
    double share = values.get(DataEntries.TEST_SPLIT, TEST_SPLIT);
    TestRows rows = TestRows.part(table, options, share, seed);
    TableCoding coding = TableCoding.learn(table, options, rows.training());
    String note =
        "%s: %d rows, %d features, label %s, %s%s"
            .formatted(
                place.path(),
                table.rows(),
                coding.features().size(),
                label,
                coding.label().isClass() ? coding.classes().size() + " classes" : "a number",
                leftOut(table, options));
    Preparation preparation = new Preparation.OfTable(coding, heading, table.decimalComma());
    return parted(coding.samples(table), rows, preparation, "table", note);
  }

  /** Returns the columns that are left out because of what they look like, and why. */
  private static String leftOut(Table table, TableOptions options) {
    StringBuilder text = new StringBuilder();
    IntStream.range(0, table.columns().size())
        .filter(column -> !table.columns().get(column).equals(options.label()))
        .filter(column -> isFree(options.columns().get(table.columns().get(column))))
        .mapToObj(column -> ColumnSurvey.of(table, column))
        .filter(survey -> survey.kind() == ColumnKind.IGNORE)
        .forEach(
            survey -> text.append("; left out: %s (%s)".formatted(survey.name(), survey.reason())));
    return text.toString();
  }

  private static boolean isFree(ColumnOptions options) {
    return options == null || options.equals(ColumnOptions.DEFAULT);
  }

  private static NetworkData parted(
      Dataset samples, TestRows rows, Preparation preparation, String source, String note) {
    boolean tested = rows.test().length > 0;
    return new NetworkData(
        TestRows.rows(samples, rows.training()),
        tested ? TestRows.rows(samples, rows.test()) : null,
        preparation,
        source,
        note + "; " + rows.test().length + " kept for testing");
  }
}
