package dev.sinter.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * Generated tables with the columns, delimiters and ranges of well-known ones: they are not the
 * published data, which no test may need.
 */
public final class OwnTables {
  private static final String[] SPECIES = {"setosa", "versicolor", "virginica"};

  /** Mean of each measure for each species, as published by Fisher, 1936, about. */
  private static final double[][] MEANS = {
    {5.0, 3.4, 1.5, 0.25}, {5.9, 2.8, 4.3, 1.3}, {6.6, 3.0, 5.6, 2.0}
  };

  private static final double[][] DEVIATIONS = {
    {0.35, 0.38, 0.17, 0.1}, {0.5, 0.31, 0.4, 0.17}, {0.6, 0.32, 0.5, 0.24}
  };

  private OwnTables() {}

  /** Writes 150 rows like Iris, with commas, sorted by species. */
  public static Path iris(Path file) {
    Random random = new Random(1);
    StringBuilder text =
        new StringBuilder("sepal_length,sepal_width,petal_length,petal_width,species\n");
    for (int row = 0; row < 150; row++) {
      int species = row / 50;
      for (int i = 0; i < 4; i++) {
        double value = MEANS[species][i] + DEVIATIONS[species][i] * random.nextGaussian();
        text.append(number(1, Math.max(0.1, value))).append(',');
      }
      text.append(SPECIES[species]).append('\n');
    }
    return write(file, text);
  }

  /** Writes 500 rows like the red wines of Wine Quality, with semicolons and quoted names. */
  static Path wine(Path file) {
    Random random = new Random(2);
    StringBuilder text =
        new StringBuilder(
            "\"fixed acidity\";\"volatile acidity\";\"total sulfur dioxide\";\"density\";\"pH\";"
                + "\"sulphates\";\"alcohol\";\"quality\"\n");
    for (int row = 0; row < 500; row++) {
      double volatileAcidity = Math.max(0.1, 0.53 + 0.18 * random.nextGaussian());
      double alcohol = 10.4 + random.nextGaussian();
      double sulphates = Math.max(0.3, 0.66 + 0.17 * random.nextGaussian());
      double quality =
          5.6
              + 0.5 * (alcohol - 10.4)
              - 1.6 * (volatileAcidity - 0.53)
              + 1.1 * (sulphates - 0.66)
              + 0.2 * random.nextGaussian();
      text.append(number(1, 8.3 + 1.7 * random.nextGaussian())).append(';');
      text.append(number(2, volatileAcidity)).append(';');
      text.append(6 + random.nextInt(150)).append(';');
      text.append(number(4, 0.9967 + 0.002 * random.nextGaussian())).append(';');
      text.append(number(2, 3.3 + 0.15 * random.nextGaussian())).append(';');
      text.append(number(2, sulphates)).append(';');
      text.append(number(1, alcohol)).append(';');
      text.append(Math.round(Math.max(3, Math.min(8, quality)))).append('\n');
    }
    return write(file, text);
  }

  /** Writes 300 rows of passengers, with a row number, texts, and gaps in ages and ports. */
  static Path passengers(Path file) {
    Random random = new Random(3);
    String[] ports = {"Southampton", "Cherbourg", "Queenstown", ""};
    StringBuilder text = new StringBuilder("passenger,class,sex,age,port,survived\n");
    for (int row = 0; row < 300; row++) {
      boolean female = random.nextBoolean();
      int level = 1 + random.nextInt(3);
      boolean survived = random.nextDouble() < (female ? 0.97 : 0.03);
      String age = random.nextInt(5) == 0 ? "NA" : "" + (1 + random.nextInt(70));
      text.append(
          "%d,%d,%s,%s,%s,%s\n"
              .formatted(
                  row + 1,
                  level,
                  female ? "female" : "male",
                  age,
                  ports[random.nextInt(ports.length)],
                  survived ? "yes" : "no"));
    }
    return write(file, text);
  }

  private static String number(int digits, double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static Path write(Path file, StringBuilder text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
