package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** Compiles and runs Java that stands in a document; what it prints, or its error's message. */
final class Snippet {
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");
  private static final String PACKAGES =
      "import dev.sinter.*; import dev.sinter.backend.*; import dev.sinter.callbacks.*;"
          + " import dev.sinter.data.*; import dev.sinter.datasets.*;"
          + " import dev.sinter.layers.*; import dev.sinter.losses.*; import dev.sinter.metrics.*;"
          + " import dev.sinter.optimizers.*; import java.nio.file.Path; import java.util.List;"
          + " import java.util.Map;"
          + " import dev.sinter.backend.Precision;\n"; // there is a metric of this name too

  private Snippet() {}

  /**
   * Runs a class with a main method, or statements, which are put into one.
   *
   * @param folder where the class files go
   */
  static String run(String code, Path folder) throws Exception {
    Matcher named = CLASS.matcher(code);
    String name = named.find() ? named.group(1) : "Statements";
    String source =
        name.equals("Statements")
            ? PACKAGES
                + "public class Statements { public static void main(String[] a) throws Exception {\n"
                + code
                + "\n}}"
            : code;
    Path classes = Files.createTempDirectory(folder, "classes");
    Path file = Files.writeString(classes.resolve(name + ".java"), source);
    ByteArrayOutputStream problems = new ByteArrayOutputStream();
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                problems,
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                file.toString());
    assertThat(errors).as("%s%n%s", problems.toString(StandardCharsets.UTF_8), source).isZero();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, Snippet.class.getClassLoader())) {
      return captured(() -> main(loader.loadClass(name)));
    }
  }

  private static void main(Class<?> type) throws Exception {
    try {
      type.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } catch (InvocationTargetException failure) {
      System.out.println(failure.getCause().getMessage());
    }
  }

  /** Something to run that may fail. */
  interface Action {
    void run() throws Exception;
  }

  /** Returns what an action prints, on either stream. */
  static String captured(Action action) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    try (PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(both);
      System.setErr(both);
      action.run();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
