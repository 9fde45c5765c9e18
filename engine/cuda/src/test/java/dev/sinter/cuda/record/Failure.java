package dev.sinter.cuda.record;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.record.Recording.Source;
import dev.sinter.cuda.record.Recording.Step;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A failed case in one zip file: case.json, sources/*.cu, and memory/N, the contents of allocations
 * by number.
 *
 * @param contents null where the file had no room
 */
public record Failure(Case told, List<Source> sources, List<byte[]> contents) {
  /** What case.json holds. */
  record Case(
      String name,
      DeviceProperties device,
      String compiler,
      String failure,
      List<Values> values,
      List<Step> steps,
      List<String> leftOut) {}

  /** One file, as the machine with the GPU gives it back, is smaller than 16 MiB. */
  private static final long MOST_BYTES = (16L << 20) - (256 << 10);

  private static final String CASE = "case.json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Writes a case; what the file has no room for is named in it. Memory goes first. */
  public static void write(
      Path file, String name, String failure, List<Values> values, Recording recording) {
    List<byte[]> contents = recording.contents();
    List<Source> sources = recording.sources();
    List<String> leftOut = new ArrayList<>();
    if (recording.cut()) {
      leftOut.add("later steps: there was too much memory");
    }
    try {
      long room = MOST_BYTES;
      for (Source source : sources) {
        room -= zipped(source.text().getBytes(StandardCharsets.UTF_8)).length;
      }
      Case whole = told(name, failure, values, recording, leftOut);
      room -= zipped(MAPPER.writeValueAsBytes(whole)).length;
      boolean[] kept = new boolean[contents.size()];
      for (int i = 0; i < kept.length; i++) {
        long size = zipped(contents.get(i)).length;
        kept[i] = size <= room;
        room -= kept[i] ? size : 0;
        if (!kept[i]) {
          leftOut.add("memory/" + i);
        }
      }
      byte[] json = MAPPER.writeValueAsBytes(told(name, failure, values, recording, leftOut));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
        put(zip, CASE, json);
        for (int i = 0; i < sources.size(); i++) {
          String title = "sources/" + i + "-" + sources.get(i).name() + ".cu";
          put(zip, title, sources.get(i).text().getBytes(StandardCharsets.UTF_8));
        }
        for (int i = 0; i < kept.length; i++) {
          if (kept[i]) {
            put(zip, "memory/" + i, contents.get(i));
          }
        }
      }
      AtomicFile.write(file, out -> out.write(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Case told(
      String name, String failure, List<Values> values, Recording recording, List<String> leftOut) {
    return new Case(
        name,
        recording.device(),
        recording.compiler(),
        failure,
        values,
        recording.steps(),
        List.copyOf(leftOut));
  }

  private static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "memory/00000", content);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }

  /** Reads a file. */
  static Failure read(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry(CASE);
      if (entry == null) {
        throw new IOException("it has no " + CASE);
      }
      Case told = MAPPER.readValue(zip.getInputStream(entry), Case.class);
      List<Source> sources = new ArrayList<>();
      List<byte[]> contents = new ArrayList<>();
      for (ZipEntry each : zip.stream().map(ZipEntry.class::cast).toList()) {
        byte[] content = zip.getInputStream(each).readAllBytes();
        if (each.getName().startsWith("sources/")) {
          String name = each.getName().replaceAll("sources/\\d+-|\\.cu$", "");
          sources.add(new Source(name, new String(content, StandardCharsets.UTF_8)));
        } else if (each.getName().startsWith("memory/")) {
          int number = Integer.parseInt(each.getName().substring("memory/".length()));
          while (contents.size() <= number) {
            contents.add(null);
          }
          contents.set(number, content);
        }
      }
      return new Failure(told, sources, contents);
    } catch (IOException e) {
      throw InputException.of(
          file.toString(),
          "a file that the check of a GPU wrote for a failed case",
          e.getMessage(),
          "Name one of the files in the folder failures of its report");
    }
  }

  /** Returns a content, or null if the file had no room for it. */
  byte[] content(int number) {
    return number < contents.size() ? contents.get(number) : null;
  }
}
