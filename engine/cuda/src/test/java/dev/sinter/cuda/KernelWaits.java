package dev.sinter.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The waits, fences, releases and acquires in the files of kernels. On the simulated device, each
 * of them can be left out of a launch by its number: all mutants of a kernel are one compilation.
 */
final class KernelWaits {
  /**
   * One of them.
   *
   * @param number in order of files and lines
   * @param file without folder
   * @param function the nearest one above
   * @param text of the statement
   * @param nth of this text in the function, from 1
   */
  record Wait(int number, String file, String function, String text, int nth) {
    @Override
    public String toString() {
      return "%s, %s: `%s`%s".formatted(file, function, text, nth == 1 ? "" : " (" + nth + ")");
    }
  }

  private static final Path FOLDER = Path.of("src/main/resources/dev/sinter/cuda/kernels");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include .*\n");
  private static final Pattern FUNCTION =
      Pattern.compile("(?:__device__|__global__)(?:.*\\s)?(\\w+)\\s*\\(");

  /** A statement, and what happens instead. */
  private static final Map<Pattern, String> STATEMENTS = new LinkedHashMap<>();

  static {
    STATEMENTS.put(Pattern.compile("__sync(?:threads|warp)\\(\\w*\\);"), "");
    STATEMENTS.put(Pattern.compile("__threadfence\\(\\);"), "");
    STATEMENTS.put(Pattern.compile("awaitCopies<[^;>]+>\\(\\);"), "");
    STATEMENTS.put(Pattern.compile("awaitBlocks\\(\\);"), "");
    STATEMENTS.put(Pattern.compile("addRelease\\(([^;]*)\\);"), "atomicAdd($1);");
    STATEMENTS.put( // arrives, but does not wait
        Pattern.compile("gridBarrier\\((\\w+),[^;{]*\\);"),
        "{ __syncthreads(); if (threadIdx.x == 0) addRelease($1, 1); }");
  }

  private static final Pattern ACQUIRE = Pattern.compile("loadAcquire\\((\\w+)\\)");

  private final List<Wait> waits = new ArrayList<>();
  private final Map<String, String> edited = new LinkedHashMap<>(); // parts between includes

  KernelWaits() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cu")).sorted().toList()) {
        String text = Files.readString(file);
        String[] before = INCLUDE.split(text);
        String[] after = INCLUDE.split(edit(file.getFileName().toString(), text));
        for (int i = 0; i < before.length; i++) {
          if (!before[i].equals(after[i])) {
            edited.put(before[i], after[i]);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Wait> all() {
    return waits;
  }

  /** Returns the source of a kernel in which each of them can be left out. */
  String editable(String source) {
    String result = source;
    for (Map.Entry<String, String> part : edited.entrySet()) {
      result = result.replace(part.getKey(), part.getValue());
    }
    return result;
  }

  private String edit(String file, String text) {
    StringBuilder result = new StringBuilder();
    String function = "";
    boolean onlyGpu = false;
    for (String line : text.split("\n", -1)) {
      onlyGpu = line.startsWith("#ifndef SINTER_HOST") || (onlyGpu && !line.startsWith("#endif"));
      int comment = line.indexOf("//");
      String code = comment < 0 ? line : line.substring(0, comment);
      Matcher header = FUNCTION.matcher(code);
      if (header.find()) {
        function = header.group(1);
      }
      if (!onlyGpu) {
        for (Map.Entry<Pattern, String> statement : STATEMENTS.entrySet()) {
          code = edit(code, file, function, statement.getKey(), statement.getValue());
        }
        code = editAcquires(code, file, function);
      }
      result.append(code).append(comment < 0 ? "" : line.substring(comment)).append('\n');
    }
    return result.substring(0, result.length() - 1);
  }

  private String edit(String code, String file, String function, Pattern statement, String other) {
    return statement
        .matcher(code)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "{ if (sinter_kept(%s)) %s %s }"
                        .formatted(
                            add(file, function, found.group()),
                            found.group(),
                            other.isEmpty()
                                ? ""
                                : "else "
                                    + (found.groupCount() == 0
                                        ? other
                                        : other.replace("$1", found.group(1))))));
  }

  private String editAcquires(String code, String file, String function) {
    return ACQUIRE
        .matcher(code)
        .replaceAll(
            found ->
                "(sinter_kept(%s) ? loadAcquire($1) : loadRelaxed($1))"
                    .formatted(add(file, function, found.group())));
  }

  private int add(String file, String function, String statement) {
    String text = statement.replace(";", "");
    long before =
        waits.stream()
            .filter(w -> w.file().equals(file) && w.function().equals(function))
            .filter(w -> w.text().equals(text))
            .count();
    waits.add(new Wait(waits.size(), file, function, text, (int) before + 1));
    return waits.size() - 1;
  }
}
