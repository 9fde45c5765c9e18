package dev.sinter.cuda.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Puts a check's folder into at most 8 files of 16 MiB, what teaches most first: the reports as
 * they are, a list of contents, and zip files.
 */
final class Pack {
  private static final int MOST_FILES = 8;
  private static final int MOST_BYTES = 16 << 20;

  private static final String CONTENTS = "pack-contents.txt";

  private final int mostBytes;
  private final List<String> contents = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private ByteArrayOutputStream bytes;
  private ZipOutputStream zip;
  private int zips;
  private long used;

  private Pack(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Packs a folder into another one, which may exist; an earlier pack there is replaced. */
  static void write(Path out, Path target) throws IOException {
    write(out, target, MOST_BYTES);
  }

  static void write(Path out, Path target, int mostBytes) throws IOException {
    Files.createDirectories(target);
    for (int i = 1; i <= MOST_FILES; i++) {
      Files.deleteIfExists(target.resolve("pack-" + i + ".zip")); // of an earlier one
    }
    Pack pack = new Pack(mostBytes);
    List<Path> files;
    try (Stream<Path> all = Files.walk(out)) {
      files =
          all.filter(Files::isRegularFile)
              .filter(file -> !file.getFileName().toString().startsWith(".")) // unfinished
              .filter(file -> !file.toAbsolutePath().startsWith(target.toAbsolutePath()))
              .sorted(
                  Comparator.comparingInt((Path file) -> Pack.rank(out.relativize(file)))
                      .thenComparing(Comparator.naturalOrder()))
              .toList();
    }
    int plain = 1; // the list of contents
    for (Path file : files) {
      String name = out.relativize(file).toString();
      if (rank(out.relativize(file)) == 0 && Files.size(file) <= mostBytes) {
        Files.write(target.resolve(name), Files.readAllBytes(file));
        pack.contents.add(name);
        plain++;
      } else {
        pack.add(target, name, Files.readAllBytes(file), MOST_FILES - plain);
      }
    }
    pack.close(target);
    List<String> lines = new ArrayList<>(pack.contents);
    pack.leftOut.forEach(name -> lines.add("left out, no room: " + name));
    Files.write(target.resolve(CONTENTS), lines);
  }

  /** Reports, failed cases, results, logs, the rest. */
  private static int rank(Path file) {
    String name = file.toString();
    if (name.startsWith("gpu-report.")) {
      return 0;
    } else if (name.startsWith(Phases.FAILURES)) {
      return 1;
    } else if (name.endsWith(".json") || name.endsWith(".csv")) {
      return 2;
    }
    return name.endsWith(".log") ? 3 : 4;
  }

  private void add(Path target, String name, byte[] content, int mostZips) throws IOException {
    ByteArrayOutputStream alone = new ByteArrayOutputStream();
    try (ZipOutputStream each = new ZipOutputStream(alone)) {
      each.putNextEntry(new ZipEntry(name));
      each.write(content);
    }
    int size = alone.size(); // with the headers of the whole: a little more than its share
    boolean fits = zip != null && used + size <= mostBytes;
    if (!fits && (size > mostBytes || zips == mostZips)) {
      leftOut.add(name + ", " + content.length + " bytes");
      return;
    }
    if (!fits) {
      close(target);
      zips++;
      used = 0;
      bytes = new ByteArrayOutputStream();
      zip = new ZipOutputStream(bytes);
    }
    used += size;
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
    contents.add(name + " in " + zipName());
  }

  private String zipName() {
    return "pack-" + zips + ".zip";
  }

  private void close(Path target) throws IOException {
    if (zip != null) {
      zip.close();
      Files.write(target.resolve(zipName()), bytes.toByteArray());
      zip = null;
    }
  }
}
