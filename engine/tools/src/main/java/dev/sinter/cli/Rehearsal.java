package dev.sinter.cli;

import dev.sinter.data.Idx;
import dev.sinter.data.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * What most users start, on a few digits that mean nothing: scripts/sinter runs it once for a build
 * and a JDK, in the background, while the JVM writes down the classes that it loads. Later starts
 * map them into memory in place of reading them from the jars.
 */
final class Rehearsal {
  private static final int SIDE = 28;

  private Rehearsal() {}

  /** Runs the commands on the CPU, even where there is a GPU: a user's training may be on it. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("sinter");
    boolean succeeded;
    try {
      succeeded = succeeds(folder, "onednn");
    } finally {
      delete(folder);
    }
    System.exit(succeeded ? 0 : Main.FAILURE); // the JVM writes the classes down in both cases
  }

  /** Returns whether all commands succeed, in a folder that is filled. */
  static boolean succeeds(Path folder, String backend) throws IOException {
    write(folder, "train", 64);
    write(folder, "t10k", 32);
    String data = "--data=" + folder;
    String on = "--backend=" + backend;
    String run = folder.resolve("run").toString();
    return Main.run("train", "mnist-dense", "--epochs=1", data, on) == 0
        && Main.run("train", "digits01", "--epochs=2", data, on) == 0
        && Main.run("train", "mnist-dense", "--epochs=1", "--out=" + run, data, on) == 0
        && Main.run("evaluate", run, data, on) == 0;
  }

  private static void write(Path folder, String set, int count) throws IOException {
    byte[] images = new byte[count * SIDE * SIDE];
    byte[] labels = new byte[count];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) (i * i);
    }
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % 10);
    }
    write(folder.resolve(set + "-images-idx3-ubyte.gz"), Tensor.ofBytes(images, count, SIDE, SIDE));
    write(folder.resolve(set + "-labels-idx1-ubyte.gz"), Tensor.ofBytes(labels, count));
  }

  private static void write(Path file, Tensor tensor) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(Idx.header(tensor));
      out.write(tensor.bytes());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
