package dev.sinter.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standalone cluster of a master and two workers, whose executors are processes of their own: one
 * is killed while it trains. The driver is a process of its own as well, as a JVM holds one
 * context.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Spark's workers need winutils there")
class KilledExecutorTest {
  @TempDir Path folder;

  @Test
  void training_withAKilledExecutor_equalsOneThatNobodyDisturbed() throws Exception {
    assumeTrue(hasLoopback(), "skipped: no sockets on 127.0.0.1 are to be had here");
    String folders = home();
    Path log = folder.resolve("log.txt");
    Process driver = driver(log, folders);
    List<ProcessHandle> others = new ArrayList<>();
    try {
      boolean ended = driver.waitFor(300, TimeUnit.SECONDS);
      driver.descendants().forEach(others::add);
      assertThat(ended).as(Files.readString(log)).isTrue();
      assertThat(driver.exitValue()).as(Files.readString(log)).isZero();
      assertThat(Files.readString(log)).contains("killed after", "1 of 1 equal to the bit");
    } finally {
      driver.descendants().forEach(others::add);
      driver.destroyForcibly();
      for (ProcessHandle each : others) {
        each.destroyForcibly();
        each.onExit().get(30, TimeUnit.SECONDS); // they write into the folder
      }
      driver.waitFor();
      for (File link : folder.resolve("jars").toFile().listFiles()) {
        Files.delete(link.toPath()); // JUnit warns of each
      }
    }
  }

  /**
   * Makes a home of Spark with links to the jars of this class path, and returns its folders.
   * Executors' command lines must be short: Java does not see those of more than a page.
   */
  private String home() throws IOException {
    Path jars = Files.createDirectory(folder.resolve("jars"));
    Files.createFile(folder.resolve("RELEASE"));
    List<String> folders = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry).toAbsolutePath();
      if (Files.isDirectory(path)) {
        folders.add(path.toString());
      } else {
        Files.createSymbolicLink(jars.resolve(folders.size() + "-" + path.getFileName()), path);
      }
    }
    return String.join(File.pathSeparator, folders);
  }

  private Process driver(Path log, String folders) throws IOException {
    String classPath = System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens"))
        .forEach(command::add);
    String quick = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";
    command.addAll(List.of(quick.split(" ")));
    command.addAll(
        List.of(
            "-Dspark.executor.extraClassPath=" + folders,
            "-Dspark.executor.extraJavaOptions=" + quick,
            "-Dspark.executor.memory=512m",
            "-Dspark.local.dir=" + folder,
            "-cp",
            classPath,
            KillMain.class.getName(),
            "1",
            "1"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("SPARK_MASTER", "local-cluster[2,1,512]");
    environment.put("SPARK_HOME", folder.toString());
    environment.put("SPARK_SCALA_VERSION", "2.13");
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.remove("SPARK_CONF_DIR");
    return builder.start();
  }

  private static boolean hasLoopback() {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, here);
        Socket client = new Socket(here, server.getLocalPort())) {
      return client.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
