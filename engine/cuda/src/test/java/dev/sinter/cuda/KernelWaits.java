package dev.sinter.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
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
   * @param left what is left of it, in words
   */
  record Wait(int number, String file, String function, String text, int nth, String left) {
    /** Returns what is left out, in words. */
    String what() {
      return "`%s`%s%s".formatted(text, nth == 1 ? "" : ", number " + nth, left);
    }

    @Override
    public String toString() {
      return "%s, %s: %s".formatted(file, function, what());
    }
  }

  /**
   * A way to leave one out.
   *
   * @param statement to look for
   * @param instead what happens instead; $1 is the group of the statement
   * @param left the same in words
   */
  private record Omission(Pattern statement, String instead, String left) {
    Omission(String statement, String instead, String left) {
      this(Pattern.compile(statement), instead, left);
    }

    /** Returns the replacement of a statement that was found. */
    String of(int number, MatchResult found) {
      String other = found.groupCount() == 0 ? instead : instead.replace("$1", found.group(1));
      return found.group().endsWith(";")
          ? "{ if (sinter_kept(%s)) %s else { %s } }".formatted(number, found.group(), other)
          : "(sinter_kept(%s) ? %s : %s)".formatted(number, found.group(), other);
    }
  }

  private static final List<Omission> OMISSIONS =
      List.of(
          new Omission("__sync(?:threads|warp)\\(\\w*\\);", "", ""),
          new Omission("__threadfence\\(\\);", "", ""),
          new Omission("awaitCopies<[^;>]+>\\(\\);", "", ""),
          new Omission("awaitBlocks\\(\\);", "", ""),
          new Omission("addRelease\\(([^;]*)\\);", "atomicAdd($1);", ", relaxed"),
          new Omission("loadAcquire\\((\\w+)\\)", "loadRelaxed($1)", ", relaxed"),
          new Omission(
              "gridBarrier\\((\\w+),[^;{]*\\);",
              "__syncthreads(); if (threadIdx.x == 0) addRelease($1, 1);",
              ", arrives without a wait"));

  private static final Path FOLDER = Path.of("src/main/resources/dev/sinter/cuda/kernels");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include .*\n");
  private static final Pattern FUNCTION =
      Pattern.compile("(?:__device__|__global__)(?:.*\\s)?(\\w+)\\s*\\(");

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
        for (Omission omission : OMISSIONS) {
          code = edit(code, file, function, omission);
        }
      }
      result.append(code).append(comment < 0 ? "" : line.substring(comment)).append('\n');
    }
    return result.substring(0, result.length() - 1);
  }

  private String edit(String code, String file, String function, Omission omission) {
    return omission
        .statement()
        .matcher(code)
        .replaceAll(
            found -> {
              int number = add(file, function, found.group().replace(";", ""), omission.left());
              return Matcher.quoteReplacement(omission.of(number, found));
            });
  }

  private int add(String file, String function, String text, String left) {
    long before =
        waits.stream()
            .filter(w -> w.file().equals(file) && w.function().equals(function))
            .filter(w -> w.text().equals(text))
            .count();
    waits.add(new Wait(waits.size(), file, function, text, (int) before + 1, left));
    return waits.size() - 1;
  }
}
