package dev.sinter.spark.tcp;

import dev.sinter.backend.BackendOptions;
import dev.sinter.distributed.Endpoint;
import dev.sinter.distributed.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures the all-reduce between processes on this machine. Arguments: the number of processes (2)
 * and of floats (407050, as many as mnist-dense has weights). Each process is a JVM; they agree on
 * addresses by their standard input and output.
 */
final class AllReduceBenchmark {
  private static final int WARM_UP = 2000;
  private static final int ROUNDS = 2001;
  private static final byte[] TOKEN = "benchmark".getBytes(StandardCharsets.UTF_8);

  private AllReduceBenchmark() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    int size = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
    int floats = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 407_050;
    if (arguments.length > 2) {
      process(Integer.parseInt(arguments[2]), floats);
      return;
    }
    List<Process> processes = new ArrayList<>();
    List<BufferedReader> outputs = new ArrayList<>();
    try {
      List<String> addresses = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        Process process = start(size, floats, rank);
        processes.add(process);
        outputs.add(new BufferedReader(new InputStreamReader(process.getInputStream())));
      }
      for (BufferedReader output : outputs) {
        addresses.add(output.readLine());
      }
      for (Process process : processes) {
        PrintStream input = new PrintStream(process.getOutputStream(), true);
        input.println(String.join(" ", addresses));
      }
      for (BufferedReader output : outputs) {
        System.out.println(output.readLine());
      }
      for (Process process : processes) {
        process.waitFor();
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static Process start(int size, int floats, int rank) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            AllReduceBenchmark.class.getName(),
            String.valueOf(size),
            String.valueOf(floats),
            String.valueOf(rank))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void process(int rank, int floats) throws IOException {
    try (Endpoint endpoint = new TcpTransport().open(rank, "127.0.0.1", BackendOptions.DEFAULT)) {
      System.out.println(endpoint.address());
      String addresses = new BufferedReader(new InputStreamReader(System.in)).readLine();
      try (ProcessGroup group =
          endpoint.connect(List.of(addresses.split(" ")), TOKEN, Duration.ofSeconds(20))) {
        System.out.println(measure(group, floats));
      }
    }
  }

  private static String measure(ProcessGroup group, int floats) {
    float[] values = new float[floats];
    long[] nanos = new long[ROUNDS];
    for (int i = -WARM_UP; i < ROUNDS; i++) {
      Arrays.fill(values, group.rank() + 0.1f);
      long start = System.nanoTime();
      group.allReduce(values);
      if (i >= 0) {
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    return "rank %d of %d, %d floats: median %.3f ms, 10 %% under %.3f, 90 %% under %.3f ms"
        .formatted(
            group.rank(),
            group.size(),
            floats,
            nanos[ROUNDS / 2] / 1e6,
            nanos[ROUNDS / 10] / 1e6,
            nanos[ROUNDS * 9 / 10] / 1e6);
  }
}
