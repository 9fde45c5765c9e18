package dev.sinter.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColumnSurveyTest {
  @TempDir Path folder;

  private ColumnSurvey survey(int rows, IntFunction<Object> cell) throws IOException {
    StringBuilder text = new StringBuilder("x,other\n");
    for (int row = 0; row < rows; row++) {
      text.append(cell.apply(row)).append(",a\n");
    }
    return ColumnSurvey.of(Table.read(Files.writeString(folder.resolve("t.csv"), text)), 0);
  }

  @Test
  void kind_followsFromTheCells() throws IOException {
    assertThat(survey(60, i -> i * 1.5).kind()).isEqualTo(ColumnKind.NUMERIC);
    assertThat(survey(60, i -> i % 3 + 1).kind()).isEqualTo(ColumnKind.CATEGORY);
    assertThat(survey(20, i -> i % 3 + 1).kind()).isEqualTo(ColumnKind.NUMERIC);
    assertThat(survey(60, i -> i % 6 + 1).kind()).isEqualTo(ColumnKind.NUMERIC);
    assertThat(survey(60, i -> i % 3 + ".0").kind()).isEqualTo(ColumnKind.NUMERIC);
    assertThat(survey(60, i -> "red green blue".split(" ")[i % 3]).kind())
        .isEqualTo(ColumnKind.CATEGORY);
    assertThat(survey(60, i -> i % 2 == 0 ? "Yes" : "no").kind()).isEqualTo(ColumnKind.BOOLEAN);
    assertThat(survey(60, i -> i % 2).kind()).isEqualTo(ColumnKind.BOOLEAN);
    assertThat(survey(60, i -> i % 2 + 1).kind()).isEqualTo(ColumnKind.CATEGORY);
  }

  @Test
  void ignored_columns_sayWhy() throws IOException {
    assertThat(survey(30, i -> "same").reason()).isEqualTo("it is always \"same\"");
    assertThat(survey(30, i -> "NA").reason()).isEqualTo("it holds no value");
    assertThat(survey(30, i -> i + 17).reason()).isEqualTo("it numbers the rows");
    assertThat(survey(30, i -> "name " + i).reason()).isEqualTo("30 different texts in 30 rows");
    assertThat(survey(30, i -> 2 * i).reason()).isNull();
  }

  @Test
  void gaps_inAnySpelling_areCountedAndNoValues() throws IOException {
    String[] cells = {"", "NA", "null", "?", "NaN", "n/a", "1.5", "2"};
    ColumnSurvey survey = survey(64, i -> cells[i % 8]);
    assertThat(survey.missing()).isEqualTo(48);
    assertThat(survey.values()).containsExactly("1.5", "2");
    assertThat(survey.kind()).isEqualTo(ColumnKind.NUMERIC);
  }

  @Test
  void textAmongNumbers_isRefusedByItsPlace() {
    assertThatThrownBy(() -> survey(60, i -> i == 41 ? "12.5 cm" : i * 1.5))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("t.csv, line 43, column x", "received \"12.5 cm\"");
  }
}
