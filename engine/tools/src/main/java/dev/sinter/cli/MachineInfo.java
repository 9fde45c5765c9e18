package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.sinter.backend.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Describes the machine and the software of a run. It names no host and no user. */
final class MachineInfo {
  private static final Path LINUX_CPUS = Path.of("/proc/cpuinfo");

  private MachineInfo() {}

  static ObjectNode machine() {
    ObjectNode machine = Json.object();
    machine.put("cpu", cpu());
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put(
        "memory_bytes",
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize());
    machine.put(
        "os",
        Stream.of("os.name", "os.version", "os.arch")
            .map(System::getProperty)
            .collect(Collectors.joining(" ")));
    machine.put("java", Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
    return machine;
  }

  /**
   * Returns the versions of Sinter and of the libraries that a backend names in its probe.
   *
   * @param backend its name
   */
  static ObjectNode versions(String backend) {
    ObjectNode versions = Json.object();
    String version = MachineInfo.class.getPackage().getImplementationVersion();
    versions.put("sinter", version == null ? "not from a jar" : version);
    Backends.survey(backend).get(0).probe().versions().forEach(versions::put);
    return versions;
  }

  private static String cpu() {
    String name = System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", ""); // Windows
    try {
      if (Files.isReadable(LINUX_CPUS)) {
        Stream<String> lines = Files.readAllLines(LINUX_CPUS).stream();
        String line = lines.filter(each -> each.startsWith("model name")).findFirst().orElse("");
        name = line.substring(line.indexOf(':') + 1);
      } else if (System.getProperty("os.name", "").startsWith("Mac")) {
        name = output("sysctl", "-n", "machdep.cpu.brand_string");
      }
    } catch (IOException unreadable) {
      name = "";
    }
    return name.isBlank()
        ? "unknown " + System.getProperty("os.arch")
        : name.strip().replaceAll("\\s+", " ");
  }

  private static String output(String... command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return "";
    }
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
