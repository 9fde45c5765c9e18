package dev.sinter.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sinter.backend.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Describes the machine and the software of a measurement. It names no host and no user. */
public final class Machine {
  private static final Path LINUX_CPUS = Path.of("/proc/cpuinfo");
  private static final long SECONDS = 2;

  private Machine() {}

  /** Returns the processor's name; "unknown" and the architecture if the system does not tell. */
  public static String cpu() {
    String name = System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", ""); // Windows
    if (Files.isReadable(LINUX_CPUS)) {
      name = linuxCpu();
    } else if (property("os.name").startsWith("Mac")) {
      name = Command.of("sysctl", "-n", "machdep.cpu.brand_string").firstLine(SECONDS);
    }
    return name.isBlank() ? "unknown " + property("os.arch") : name.strip().replaceAll("\\s+", " ");
  }

  private static String linuxCpu() {
    try (Stream<String> lines = Files.lines(LINUX_CPUS, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1))
          .findFirst()
          .orElse("");
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Returns the number of processors that this JVM may use. */
  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Returns the machine's memory, or that of the container. */
  public static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /** Returns the operating system and the architecture, such as "Linux amd64". */
  public static String system() {
    return property("os.name") + " " + property("os.arch");
  }

  /** Returns the operating system with its version and the architecture. */
  public static String os() {
    return property("os.name") + " " + property("os.version") + " " + property("os.arch");
  }

  /** Returns the version of Java and its vendor. */
  public static String java() {
    return Runtime.version() + " (" + property("java.vendor") + ")";
  }

  /**
   * Returns the versions of Sinter and of the libraries that a backend names in its probe; loads
   * its natives.
   *
   * @throws dev.sinter.errors.InputException if there is no backend of that name
   */
  public static Map<String, String> versions(String backend) {
    Map<String, String> versions = new LinkedHashMap<>();
    String version = Machine.class.getPackage().getImplementationVersion();
    versions.put("sinter", version == null ? "not from a jar" : version);
    versions.putAll(Backends.survey(backend).get(0).probe().versions());
    return versions;
  }

  private static String property(String name) {
    return System.getProperty(name, "");
  }
}
