package dev.sinter.cuda.kernel;

import dev.sinter.backend.Precision;
import dev.sinter.program.Op;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel with the complete text of its translation unit: a file of the folder kernels with its
 * includes, each once. The include {@code generated.cu} is what Java writes for this kernel, {@code
 * enums.cu} are the enums of the operations.
 *
 * @param name of the {@code extern "C"} function
 * @param text CUDA C++ without includes
 */
public record KernelSource(String name, String text) {
  private static final String FOLDER = "/dev/sinter/cuda/kernels/";
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(\\w+\\.cu)\".*\n");
  private static final Map<String, String> FILES = new ConcurrentHashMap<>();
  private static final String ENUMS =
      new GeneratedCode()
          .enumeration(Op.CrossEntropyKind.class)
          .enumeration(Op.Accuracy.class, "NONE")
          .enumeration(Op.Reduction.class)
          .enumeration(Op.Pooling.class)
          .enumeration(Precision.class)
          .toString();

  /** Returns a kernel of which nothing is generated. */
  public static KernelSource of(String file, String name) {
    return of(file, name, new GeneratedCode());
  }

  /** Returns a kernel with its generated part. */
  public static KernelSource of(String file, String name, GeneratedCode generated) {
    StringBuilder text = new StringBuilder();
    expand(file, generated.toString(), new HashSet<>(), text);
    return new KernelSource(name, text.toString());
  }

  private static void expand(
      String file, String generated, Set<String> included, StringBuilder text) {
    if (!included.add(file)) {
      return;
    }
    String content =
        switch (file) {
          case "generated.cu" -> generated;
          case "enums.cu" -> ENUMS;
          default -> FILES.computeIfAbsent(file, KernelSource::read);
        };
    Matcher include = INCLUDE.matcher(content);
    int next = 0;
    while (include.find()) {
      text.append(content, next, include.start());
      expand(include.group(1), generated, included, text);
      next = include.end();
    }
    text.append(content, next, content.length());
  }

  private static String read(String file) {
    try (InputStream stream = KernelSource.class.getResourceAsStream(FOLDER + file)) {
      if (stream == null) {
        throw new FileNotFoundException(FOLDER + file);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
