package dev.sinter.cuda.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Backends;
import dev.sinter.cuda.PlatformProvider;
import dev.sinter.cuda.PlatformProvider.Method;
import dev.sinter.cuda.check.SmokeCase.Numbers;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.record.Failure;
import dev.sinter.cuda.record.RecordingPlatform;
import dev.sinter.cuda.record.Values;
import dev.sinter.errors.DeviceLostException;
import dev.sinter.errors.InputException;
import dev.sinter.io.CacheFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;

/**
 * Runs small cases beside the reference and prints a line of JSON each. A process that has lost its
 * device, or in which a case does not end, ends with exit code {@value #LOST}; the cases after it
 * need another process.
 */
public final class Smoke {
  /** The exit code of a process that cannot go on. */
  static final int LOST = 3;

  private static final long PATIENCE_MILLIS = 20_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Platform platform; // null: the backend is compared as it is
  private final String backend;
  private final Path failures; // null: nothing is recorded
  private final Path cache; // of compiled kernels, or null
  private final Map<Method, PlatformProvider> providers = new EnumMap<>(Method.class);

  /**
   * Runs nothing yet.
   *
   * @param failures the folder of failed cases, which are recorded; null to run cases as they are
   */
  Smoke(String backend, Platform platform, Path failures) {
    this.cache = backend.equals(GpuCheck.CUDA) ? CacheFolder.here() : null;
    this.backend = backend;
    this.platform = platform;
    this.failures = failures;
  }

  /**
   * Runs cases.
   *
   * @param arguments the backend, a folder for failures or nothing, cases
   */
  public static void main(String[] arguments) {
    Path failures = arguments[1].isEmpty() ? null : Path.of(arguments[1]);
    Smoke smoke = new Smoke(arguments[0], PlatformProvider.platform(arguments[0]), failures);
    List<String> names = List.of(arguments).subList(2, arguments.length);
    for (SmokeCase each : SmokeCase.all()) {
      if (names.contains(each.name())) {
        print(line(each, "begun", ""));
        ObjectNode line = smoke.run(each);
        print(line);
        if (line.path("lost").asBoolean()) {
          Runtime.getRuntime().halt(LOST); // a lost device may keep what closes it waiting
        }
      }
    }
  }

  private static synchronized void print(ObjectNode line) {
    try {
      System.out.println(MAPPER.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode line(SmokeCase each, String status, String text) {
    ObjectNode line = MAPPER.createObjectNode();
    return line.put("case", each.name()).put("status", status).put("text", text);
  }

  /** Runs a case and returns its line: passed, failed with what is wrong, or skipped. */
  ObjectNode run(SmokeCase each) {
    RecordingPlatform recorder =
        failures == null || platform == null ? null : new RecordingPlatform(platform);
    Map<String, Numbers> expected = null;
    Timer timer = new Timer(true);
    try {
      expected = expected(each);
      Map<String, Numbers> reference = expected;
      timer.schedule(task(() -> late(each, reference, recorder)), PATIENCE_MILLIS);
      Map<String, Numbers> received = received(each, recorder);
      timer.cancel();
      List<Values> values = values(each, expected, received);
      for (Values value : values) {
        if (value.firstWrong() >= 0) {
          return failed(each, value.difference(), values, recorder);
        }
      }
      return line(each, "passed", "");
    } catch (InputException e) { // something the machine does not have
      return line(each, "skipped", e.getMessage());
    } catch (RuntimeException | LinkageError e) { // one case; the others go on
      timer.cancel(); // what follows may take long
      List<Values> values = expected == null ? List.of() : values(each, expected, Map.of());
      ObjectNode line = failed(each, words(e), values, recorder);
      return line.put("lost", e instanceof DeviceLostException);
    } finally {
      timer.cancel();
    }
  }

  /** Returns the numbers of the reference. */
  static Map<String, Numbers> expected(SmokeCase each) {
    return each.run(provider("reference"), BackendOptions.DEFAULT);
  }

  /** Returns an exception's words with those of its causes. */
  private static String words(Throwable problem) {
    StringBuilder words = new StringBuilder(problem.toString());
    for (Throwable e = problem.getCause(); e != null; e = e.getCause()) {
      words.append("; because of ").append(e);
    }
    return words.toString();
  }

  private static TimerTask task(Runnable action) {
    return new TimerTask() {
      @Override
      public void run() {
        action.run();
      }
    };
  }

  private void late(SmokeCase each, Map<String, Numbers> expected, RecordingPlatform recorder) {
    String text = "not done after " + PATIENCE_MILLIS / 1000 + " s: a kernel may wait for ever";
    print(failed(each, text, values(each, expected, Map.of()), recorder).put("lost", true));
    Runtime.getRuntime().halt(LOST);
  }

  private Map<String, Numbers> received(SmokeCase each, RecordingPlatform recorder) {
    if (platform == null) {
      return each.run(provider(backend), BackendOptions.DEFAULT);
    }
    PlatformProvider provider =
        recorder == null
            ? providers.computeIfAbsent(
                each.method(), m -> new PlatformProvider(platform, m, cache))
            : new PlatformProvider(recorder, each.method(), null);
    if (each.method() == Method.LIBRARY && provider.missingProducts() != null) {
      throw new InputException(provider.missingProducts());
    }
    return each.run(provider, each.options());
  }

  private static BackendProvider provider(String name) {
    return Backends.providers().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private ObjectNode failed(
      SmokeCase each, String text, List<Values> values, RecordingPlatform recorder) {
    ObjectNode line = line(each, "failed", text);
    if (recorder != null) {
      Path file = failures.resolve(each.name() + ".zip");
      try {
        Files.createDirectories(failures);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Failure.write(file, each.name(), text, values, recorder.recording());
      line.put("file", file.toString());
    }
    return line;
  }

  /** Sets numbers side by side; some may be missing among those received. */
  static List<Values> values(
      SmokeCase each, Map<String, Numbers> expected, Map<String, Numbers> received) {
    List<Values> values = new ArrayList<>();
    expected.forEach(
        (name, numbers) ->
            values.add(
                new Values(
                    name,
                    numbers.columns(),
                    numbers.values(),
                    received.containsKey(name) ? received.get(name).values() : null,
                    each.tolerance())));
    return values;
  }
}
