package dev.sinter.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
  @TempDir Path folder;

  private Table table(String text) throws IOException {
    return Table.read(Files.writeString(folder.resolve("t.csv"), text));
  }

  private void refused(String text, String... parts) {
    assertThatThrownBy(() -> table(text))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void read_anyDelimiter_findsIt(String delimiter) throws IOException {
    Table table = table("a,b,c\n1,2,x\n3,4,y\n".replace(",", delimiter));
    assertThat(table.columns()).containsExactly("a", "b", "c");
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.cell(1, 2)).isEqualTo("y");
  }

  @Test
  void read_quotesBomAndEmptyLines_areNoContent() throws IOException {
    Table table = table("\uFEFF\"size, in cm\",\"say \"\"x\"\"\"\r\n\r\n1.5,\"a\r\nb\"\r\n");
    assertThat(table.columns()).containsExactly("size, in cm", "say \"x\"");
    assertThat(table.rows()).isEqualTo(1);
    assertThat(table.line(0)).isEqualTo(3);
    assertThat(table.cell(0, 1)).isEqualTo("a\r\nb");
  }

  @Test
  void read_semicolonsAndDecimalCommas_givesPoints() throws IOException {
    Table table = table("a;b\n1,5;x\n-2,25e3;y, z\n");
    assertThat(table.cell(0, 0)).isEqualTo("1.5");
    assertThat(table.cell(1, 0)).isEqualTo("-2.25e3");
    assertThat(table.cell(1, 1)).isEqualTo("y, z");
  }

  @ParameterizedTest
  @ValueSource(strings = {";", "\t"})
  void read_decimalCommasWithoutHeading_areNoDelimiters(String delimiter) throws IOException {
    Table table = table("1,5;2,5;3,5\n4,5;5,5;6,5\n".replace(";", delimiter));
    assertThat(table.columns()).hasSize(3);
    assertThat(table.cell(1, 2)).isEqualTo("6.5");
    assertThat(table("1,2,3\n4,5,6\n").columns()).hasSize(3);
  }

  @Test
  void read_commasInQuotesBetweenCommas_areNoPoints() throws IOException {
    Table table = table("price,b\n950,x\n\"1,234\",y\n");
    assertThat(table.cell(1, 0)).isEqualTo("1,234");
    assertThat(table.decimalComma()).isFalse();
  }

  @Test
  void read_decimalCommaOfATableBefore_isReadBesidePoints() throws IOException {
    Path file = Files.writeString(folder.resolve("both.csv"), "a;b\n1,5;5.1\n");
    assertThat(Table.read(file).cell(0, 0)).isEqualTo("1,5");
    Table table = Table.read(file, null, true);
    assertThat(table.cell(0, 0)).isEqualTo("1.5");
    assertThat(table.cell(0, 1)).isEqualTo("5.1");
  }

  @Test
  void read_withoutHeading_numbersTheColumns() throws IOException {
    Table table = table("5.1,3.5,setosa\n4.9,3.0,setosa\n");
    assertThat(table.columns()).containsExactly("column_1", "column_2", "column_3");
    assertThat(table.rows()).isEqualTo(2);
  }

  @Test
  void read_headingOfNumbers_isNamedByTheCaller() throws IOException {
    Path file = Files.writeString(folder.resolve("years.csv"), "place,2019,2020\nx,1,2\n");
    assertThat(Table.read(file).columns()).contains("column_2");
    assertThat(Table.read(file, true, false).columns()).containsExactly("place", "2019", "2020");
  }

  @Test
  void read_raggedRow_namesItsLine() {
    refused("a,b\n1,2\n3\n", "t.csv, line 3: expected 2 columns, as in line 1, received 1");
    refused("a,b\n1,2,3\n4,5\n6,7\n", "line 2: expected 2 columns", "received 3");
  }

  @Test
  void read_tooManyColumns_isNoQuestionOfEncoding() {
    refused(
        "a" + ",a".repeat(17_000) + "\n", "t.csv: expected a CSV file of at most 16384 columns");
  }

  @Test
  void read_columnsOfOneName_namesBoth() {
    refused("a,b,a\n1,2,3\n", "line 1", "\"a\" as column 1 and column 3", "Rename");
  }

  @Test
  void read_nothingOrHeadingAlone_isRefused() throws IOException {
    refused("", "an empty file");
    refused("\n\n", "an empty file");
    refused("a,b\n", "a heading alone");
    Path latin =
        Files.write(folder.resolve("l.csv"), "a,b\nä,1\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Table.read(latin))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("l.csv", "in UTF-8");
    assertThatThrownBy(() -> Table.read(folder.resolve("none.csv")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void column_unknown_saysTheNearest() throws IOException {
    Table table = table("width,height\n1,2\n");
    assertThatThrownBy(() -> table.column("heigth"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("\"heigth\"", "width, height", "the nearest is height");
  }
}
