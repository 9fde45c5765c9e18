package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The common parts of all figures: page, title, round numbers, colours, PNG. */
class PageTest {
  private static final EpochSeries SERIES =
      new EpochSeries(List.of(0, 1), Map.of("loss", List.of(1.0, 0.5)));

  @ParameterizedTest
  @ValueSource(strings = {"", "run", "L\u00e4ufe \u2116 \u4e2d\u6587 \ud83d\ude00"})
  void title_any_isDrawnOnALightPage(String run) {
    BufferedImage figure = TrainingCurves.of(run, SERIES);
    Pixels pixels = new Pixels(figure);
    assertThat(pixels.at(0, 0)).isEqualTo(Pixels.WHITE);
    assertThat(pixels.at(figure.getWidth() - 1, figure.getHeight() - 1)).isEqualTo(Pixels.WHITE);
    assertThat(pixels.count(Palette.TEXT.getRGB() & 0xFFFFFF)).isPositive();
  }

  @Test
  void title_endless_endsInAnEllipsisWithinThePage() {
    BufferedImage figure = TrainingCurves.of("x".repeat(5000), SERIES);
    assertThat(figure.getWidth()).isLessThan(2000);
    Pixels pixels = new Pixels(figure);
    for (int y = 0; y < figure.getHeight(); y++) {
      assertThat(pixels.at(figure.getWidth() - 20, y)).isEqualTo(Pixels.WHITE);
    }
    assertThat(Text.TITLE.fit("\ud83d\ude00".repeat(50), 60)).endsWith("\u2026");
  }

  @Test
  void png_sameFigureTwice_hasTheSameBytes(@TempDir Path folder) throws IOException {
    Path first = folder.resolve("a.png");
    Path second = folder.resolve("b.png");
    Png.write(first, TrainingCurves.of("run", SERIES));
    Png.write(second, TrainingCurves.of("run", SERIES));
    assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
    Png.write(second, TrainingCurves.of("other", SERIES));
    assertThat(Files.readAllBytes(second)).isNotEqualTo(Files.readAllBytes(first));
  }

  @Test
  void png_readBack_hasEveryPixel() throws IOException {
    BufferedImage figure = TrainingCurves.of("run", SERIES);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Png.content(() -> figure).writeTo(bytes);
    BufferedImage read = ImageIO.read(new java.io.ByteArrayInputStream(bytes.toByteArray()));
    assertThat(read.getWidth()).isEqualTo(figure.getWidth());
    for (int y = 0; y < figure.getHeight(); y++) {
      for (int x = 0; x < figure.getWidth(); x++) {
        assertThat(read.getRGB(x, y)).isEqualTo(figure.getRGB(x, y));
      }
    }
  }

  @Test
  void graphics_missing_saysWhatToInstall() {
    assertThat(Canvas.noGraphics(new InternalError("no font")))
        .hasMessageContaining("received an error (java.lang.InternalError: no font)")
        .hasMessageContaining("-Djava.awt.headless=true", "fontconfig");
    assertThatThrownBy(
            () -> {
              throw Canvas.noGraphics(new NullPointerException());
            })
        .hasCauseInstanceOf(NullPointerException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 5, false, 0.2, 0.0 0.2 0.4 0.6 0.8 1.0",
    "0, 0.264, 7, false, 0.05, 0.00 0.05 0.10 0.15 0.20 0.25",
    "1, 5, 7, true, 1, 1 2 3 4 5",
    "1, 100, 7, true, 20, 20 40 60 80 100",
    "1, 2, 7, true, 1, 1 2",
    "-1, 1, 4, false, 0.5, -1.0 -0.5 0.0 0.5 1.0",
  })
  void ticks_range_areRoundNumbers(
      double low, double high, int wanted, boolean whole, double step, String texts) {
    Ticks ticks = Ticks.within(low, high, wanted, whole);
    assertThat(ticks.step()).isEqualTo(step);
    assertThat(ticks.values().stream().map(ticks::format)).containsExactly(texts.split(" "));
  }

  @Test
  void diverging_isSymmetricInPlaceAndWhiteInTheMiddle() {
    assertThat(Palette.diverging(0)).isEqualTo(0xFFFFFF);
    assertThat(Palette.diverging(-5)).isEqualTo(Palette.diverging(-1)).isEqualTo(0x08306B);
    assertThat(Palette.diverging(5)).isEqualTo(Palette.diverging(1)).isEqualTo(0x7F2704);
    assertThat(Palette.diverging(0.3) >> 16).as("red").isGreaterThan(Palette.diverging(0.3) & 0xFF);
    assertThat(Palette.diverging(-0.3) >> 16).as("red").isLessThan(Palette.diverging(-0.3) & 0xFF);
  }

  @Test
  void percent_neverClaimsToBeCertain() {
    assertThat(Captions.percent(1)).isEqualTo("> 99.9 %");
    assertThat(Captions.percent(0.9996)).isEqualTo("> 99.9 %");
    assertThat(Captions.percent(0)).isEqualTo("< 0.1 %");
    assertThat(Captions.percent(0.76)).isEqualTo("76.0 %");
  }
}
