package dev.sinter.tables;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A table's rows, parted into those to train on and those to test on. The same seed parts the same
 * rows in the same way. Immutable: any number of threads may use it.
 *
 * @param training in random order
 * @param test in random order
 */
public record TestRows(int[] training, int[] test) {
  /**
   * Parts rows at random.
   *
   * @param groups a number for each row: each group gives its share of test rows, and keeps at
   *     least one row to train on
   * @param share of the rows to test on, from 0 to below 1
   */
  public static TestRows part(float[] groups, double share, long seed) {
    if (!(share >= 0 && share < 1)) {
      throw InputException.of(
          "test split", "a share from 0 to below 1", share, "Correct the value");
    }
    Map<Float, List<Integer>> rows = new TreeMap<>();
    for (int row = 0; row < groups.length; row++) {
      rows.computeIfAbsent(groups[row], group -> new ArrayList<>()).add(row);
    }
    Random random = new Random(seed);
    List<Integer> training = new ArrayList<>();
    List<Integer> test = new ArrayList<>();
    for (List<Integer> group : rows.values()) {
      Collections.shuffle(group, random);
      int count = (int) Math.min(Math.round(share * group.size()), group.size() - 1);
      test.addAll(group.subList(0, count));
      training.addAll(group.subList(count, group.size()));
    }
    Collections.shuffle(training, random);
    Collections.shuffle(test, random);
    return new TestRows(array(training), array(test));
  }

  /** Parts rows by classes: each class has its share in both parts. Numbers are one group. */
  public static TestRows part(Table table, TableOptions options, double share, long seed) {
    int column = table.column(options.label());
    LabelCoding labels = LabelCoding.learn(table, column, options.labelKind());
    float[] groups = new float[table.rows()];
    for (int i = 0; i < groups.length && labels.isClass(); i++) {
      int row = i;
      groups[i] = labels.encode(() -> table.where(row, column), table.cell(row, column));
    }
    return part(groups, share, seed);
  }

  private static int[] array(List<Integer> rows) {
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns the rows of samples, copied in an order, with the scale of the samples. */
  public static Dataset rows(Dataset samples, int[] rows) {
    Tensor labels = samples.sourceLabels();
    return Dataset.of(samples.source().rows(rows), labels == null ? null : labels.rows(rows))
        .like(samples);
  }
}
