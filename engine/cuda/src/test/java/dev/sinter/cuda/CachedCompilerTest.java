package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.kernel.CachedCompiler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedCompilerTest {
  @TempDir private Path folder;

  private int compiled;
  private String version = "compiler 1";

  private CachedCompiler cached(Path where) {
    return new CachedCompiler(
        new KernelCompiler() {
          @Override
          public String version() {
            return version;
          }

          @Override
          public byte[] compile(String source, String architecture) {
            compiled++;
            return (source + " for " + architecture).getBytes(StandardCharsets.UTF_8);
          }
        },
        where);
  }

  private String compile(String source, String architecture) {
    return new String(cached(folder).compile(source, architecture), StandardCharsets.UTF_8);
  }

  @Test
  void compile_sameKernelInAnotherProcess_isRead() {
    assertThat(compile("a", "sm_90")).isEqualTo("a for sm_90");
    assertThat(compile("a", "sm_90")).isEqualTo("a for sm_90");
    assertThat(compiled).isEqualTo(1);
    assertThat(compile("b", "sm_90")).isEqualTo("b for sm_90");
    assertThat(compile("a", "sm_80")).isEqualTo("a for sm_80");
    version = "compiler 2";
    compile("a", "sm_90");
    assertThat(compiled).isEqualTo(4);
  }

  @Test
  void compile_damagedOrEmptyFile_isCompiledAnew() throws Exception {
    compile("a", "sm_90");
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[3] ^= 1;
    Files.write(file, bytes);
    assertThat(compile("a", "sm_90")).isEqualTo("a for sm_90");
    Files.write(file, new byte[0]);
    assertThat(compile("a", "sm_90")).isEqualTo("a for sm_90");
    assertThat(compiled).isEqualTo(3);
    compile("a", "sm_90");
    assertThat(compiled).isEqualTo(3);
  }

  @Test
  void compile_folderThatCannotBe_compilesAllTheSame() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    CachedCompiler cached = cached(file.resolve("below"));
    assertThat(cached.compile("a", "sm_90")).isNotEmpty();
    assertThat(cached.compile("a", "sm_90")).isNotEmpty();
    assertThat(compiled).isEqualTo(2);
  }
}
