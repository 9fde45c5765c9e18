package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDataTest {
  @TempDir Path folder;

  @Test
  void relativePath_fromTheRoot_foundInAModule() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path module = Files.createDirectories(folder.resolve("project/engine/core"));
    assertThat(TestData.resolve("../data", null, module)).contains(data);
    assertThat(TestData.resolve("../data", folder.resolve("project").toString(), module))
        .hasValueSatisfying(found -> assertThat(found.normalize()).isEqualTo(data));
    assertThat(TestData.resolve(data.toString(), null, module)).contains(data);
  }

  @Test
  void path_unsetOrMissing_givesNothing() {
    assertThat(TestData.resolve(null, null, folder)).isEmpty();
    assertThat(TestData.resolve(" ", null, folder)).isEmpty();
    assertThat(TestData.resolve("no/such/folder", null, folder)).isEmpty();
    assertThat(TestData.resolve("data", folder.toString(), folder)).isEmpty();
  }
}
