package dev.sinter.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableCodingTest {
  private static final String ROWS =
      """
      size,colour,washed,kind
      1.0,red,yes,apple
      3.0,,no,pear
      ,green,yes,apple
      8.0,green,,pear
      """;

  @TempDir Path folder;

  private Table table(String text) throws IOException {
    return Table.read(Files.writeString(folder.resolve("t.csv"), text));
  }

  private static int[] all(Table table) {
    return IntStream.range(0, table.rows()).toArray();
  }

  @Test
  void learn_mixedColumns_namesFeaturesAndFillsGapsFromTheTrainingRows() throws IOException {
    Table table = table(ROWS);
    TableCoding coding = TableCoding.learn(table, TableOptions.label("kind"), new int[] {0, 1, 2});
    assertThat(coding.features())
        .containsExactly("size", "colour=green", "colour=red", "colour=missing", "washed");
    assertThat(coding.classes()).containsExactly("apple", "pear");
    Dataset samples = coding.samples(table);
    assertThat(samples.y().toFloats()).containsExactly(0, 1, 0, 1);
    float[][] x = samples.x().toRows();
    assertThat(x[0]).containsExactly(1, 0, 1, 0, 1);
    assertThat(x[1]).containsExactly(3, 0, 0, 1, 0);
    assertThat(x[2]).containsExactly(2, 1, 0, 0, 1); // the mean of 1 and 3: not of the row with 8
    assertThat(x[3]).containsExactly(8, 1, 0, 0, 2 / 3f);
  }

  @Test
  void options_medianFlagKindAndUnknown_areObeyed() throws IOException {
    Table table = table(ROWS + "9.0,red,no,pear\n");
    ColumnOptions size =
        ColumnOptions.DEFAULT
            .missing(ColumnOptions.Fill.MEDIAN)
            .flag(true)
            .kind(ColumnKind.NUMERIC);
    TableOptions options =
        TableOptions.label("kind")
            .column("size", size)
            .column("colour", ColumnOptions.DEFAULT.unknown("red"))
            .column("washed", ColumnOptions.DEFAULT.kind(ColumnKind.IGNORE));
    TableCoding coding = TableCoding.learn(table, options, all(table));
    assertThat(coding.features())
        .containsExactly("size", "size=missing", "colour=green", "colour=red", "colour=missing");
    assertThat(coding.inputs(table).x().toRows()[2]).containsExactly(5.5f, 1, 1, 0, 0);
    Table other = table("colour,size\nblue,4\n");
    assertThat(coding.inputs(other).x().toRows()[0]).containsExactly(4, 0, 0, 1, 0);
  }

  @Test
  void inputs_ofAnotherTable_goByNamesOfColumns() throws IOException {
    Table table = table(ROWS);
    TableCoding coding = TableCoding.learn(table, TableOptions.label("kind"), all(table));
    Table other = table("new,washed,colour,size\n7,no,red,2\n");
    assertThat(coding.inputs(other).x().toRows()[0]).containsExactly(2, 0, 1, 0, 0);
    assertThatThrownBy(() -> coding.inputs(table("size,washed\n1,no\n")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("\"colour\"");
    assertThatThrownBy(() -> coding.inputs(table("size,colour,washed\n1,red,no\n1,blue,no\n")))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "t.csv, line 3, column colour", "green, red, missing", "received \"blue\"");
    assertThatThrownBy(() -> coding.inputs(table("size,colour,washed\nbig,red,no\n")))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("line 2, column size: expected a number, received \"big\"");
  }

  @Test
  void embedding_ofACategory_isItsIndexBehindTheOtherFeatures() throws IOException {
    Table table = table(ROWS);
    TableOptions options =
        TableOptions.label("kind").column("colour", ColumnOptions.DEFAULT.embedding(3));
    TableCoding coding = TableCoding.learn(table, options, all(table));
    assertThat(coding.features()).containsExactly("size", "washed", "colour");
    assertThat(coding.embedded()).extracting(ColumnCoding.Category::embedding).containsExactly(3);
    assertThat(coding.inputs(table).x().toRows()[0]).containsExactly(1, 1, 1);
    assertThat(coding.inputs(table).x().toRows()[1]).containsExactly(3, 0, 2);
  }

  /** A setting says what a column is, also where its cells look like something else. */
  @Test
  void options_withoutAKind_implyIt() throws IOException {
    StringBuilder text = new StringBuilder("town,level,row,kind\n");
    for (int i = 0; i < 150; i++) {
      text.append("town%d,%d,%d,%s\n".formatted(i, i % 3, i, i % 2 == 0 ? "a" : "b"));
    }
    Table table = table(text.toString());
    TableOptions options =
        TableOptions.label("kind")
            .column("town", ColumnOptions.DEFAULT.embedding(8))
            .column("level", ColumnOptions.DEFAULT.missing(ColumnOptions.Fill.MEAN))
            .column("row", ColumnOptions.DEFAULT.flag(true));
    TableCoding coding = TableCoding.learn(table, options, all(table));
    assertThat(coding.features()).containsExactly("level", "row", "row=missing", "town");
    assertThat(coding.embedded().get(0).values()).hasSize(150);
  }

  @Test
  void options_thatTheirKindLacks_areRefused() {
    ColumnOptions number = ColumnOptions.DEFAULT.kind(ColumnKind.NUMERIC);
    assertThatThrownBy(() -> number.embedding(2))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("embedding: expected a category, received kind: numeric");
    assertThatThrownBy(() -> ColumnOptions.DEFAULT.kind(ColumnKind.CATEGORY).flag(true))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("flag: expected a column of numbers, received a category");
    assertThatThrownBy(() -> ColumnOptions.DEFAULT.unknown("x").flag(true))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received a category");
    assertThatThrownBy(() -> ColumnOptions.DEFAULT.kind(ColumnKind.IGNORE).flag(true))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received kind: ignore");
  }

  @Test
  void unknown_thatIsNoValue_saysTheNearest() throws IOException {
    Table table = table(ROWS);
    TableOptions options =
        TableOptions.label("kind").column("colour", ColumnOptions.DEFAULT.unknown("gren"));
    assertThatThrownBy(() -> TableCoding.learn(table, options, all(table)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("column colour", "The nearest is green");
  }

  @Test
  void label_kinds_followFromTheCells() throws IOException {
    StringBuilder text = new StringBuilder("x,grade,price,one\n");
    for (int i = 0; i < 40; i++) {
      text.append("%d,%d,%s,1\n".formatted(i * i, i % 7 + 3, i * 0.5));
    }
    Table table = table(text.toString());
    assertThat(LabelCoding.learn(table, 1, null).classes())
        .containsExactly("3", "4", "5", "6", "7", "8", "9");
    assertThat(LabelCoding.learn(table, 1, LabelKind.NUMBER).isClass()).isFalse();
    assertThat(LabelCoding.learn(table, 2, null).isClass()).isFalse();
    assertThatThrownBy(() -> LabelCoding.learn(table, 3, null))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("column one", "2 classes");
    assertThatThrownBy(() -> LabelCoding.learn(table("a,b\n1,x\n2,?\n"), 1, null))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("line 3, column b: expected a label, received \"?\"");
  }

  @Test
  void label_ofMistakesOrNames_isRefused() throws IOException {
    StringBuilder text = new StringBuilder("price,owner\n");
    for (int i = 0; i < 40; i++) {
      text.append("%s,owner%d\n".formatted(i == 7 ? "unknown" : "" + i * 1.5, i));
    }
    Table table = table(text.toString());
    assertThatThrownBy(() -> LabelCoding.learn(table, 0, null))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "line 9, column price: expected a number", "\"unknown\"", "label_kind: classes");
    assertThatThrownBy(() -> LabelCoding.learn(table, 1, null))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("column owner", "40 different texts in 40 rows", "label_kind");
    LabelCoding owners = LabelCoding.learn(table, 1, LabelKind.CLASSES);
    assertThat(owners.classes()).hasSize(40);
    assertThatThrownBy(() -> owners.encode(() -> "here", "nobody"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("owner26, ..., received \"nobody\"");
  }

  @Test
  void statistics_ofQuantities_leaveZerosAndOnesAlone() throws IOException {
    Table table = table(ROWS);
    TableCoding coding = TableCoding.learn(table, TableOptions.label("kind"), all(table));
    TableCoding.Statistics statistics = coding.statistics(coding.samples(table));
    assertThat(statistics.mean()).containsExactly(4, 0, 0, 0, 0);
    assertThat(statistics.variance()).containsExactly(6.5f, 1, 1, 1, 1);
  }

  @Test
  void statistics_ofHugeNumbers_nameTheColumn() throws IOException {
    Table table = table("stars,kind\n1e20,a\n-1e20,b\n");
    TableCoding coding = TableCoding.learn(table, TableOptions.label("kind"), all(table));
    Dataset samples = coding.samples(table);
    assertThatThrownBy(() -> coding.statistics(samples))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("column stars: expected numbers whose variance is a float");
  }

  @Test
  void testRows_ofClasses_haveTheirSharesAndComeAgainWithTheSeed() {
    float[] classes = new float[100];
    for (int i = 80; i < 100; i++) {
      classes[i] = 1;
    }
    TestRows rows = TestRows.part(classes, 0.25, 3);
    assertThat(rows.test()).hasSize(25);
    assertThat(IntStream.of(rows.test()).filter(row -> row >= 80).count()).isEqualTo(5);
    assertThat(IntStream.concat(IntStream.of(rows.test()), IntStream.of(rows.training())).sorted())
        .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    assertThat(rows.training()).isNotEqualTo(IntStream.of(rows.training()).sorted().toArray());
    assertThat(TestRows.part(classes, 0.25, 3).test()).isEqualTo(rows.test());
    assertThat(TestRows.part(classes, 0.25, 4).test()).isNotEqualTo(rows.test());
    assertThat(TestRows.part(new float[] {0, 1, 2}, 0.9, 1).test()).isEmpty();
    assertThatThrownBy(() -> TestRows.part(classes, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("below 1");
  }
}
