package dev.sinter.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The parts of a Markdown file that tests run or compare. */
final class Document {
  /** The folder of the whole project. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
  private static final Pattern TABLE =
      Pattern.compile("(?m)^\\| Keras \\| Sinter \\|\\n\\|---\\|---\\|\\n((?:\\|.*\\n)+)");
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  private final String text;

  Document(Path file) {
    try {
      text = Files.readString(file).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A fenced block: its language, its lines, and the first line's number in the file. */
  record Block(String language, String text, int line) {
    List<String> lines() {
      return text.lines().toList();
    }
  }

  String text() {
    return text;
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    Matcher fence = FENCE.matcher(text);
    while (fence.find()) {
      blocks.add(new Block(fence.group(1), fence.group(2), lineOf(fence.start(2))));
    }
    return blocks;
  }

  /** The right column of each table "Keras | Sinter", as one piece of Java. */
  List<Block> sinterColumns() {
    List<Block> columns = new ArrayList<>();
    Matcher table = TABLE.matcher(text);
    while (table.find()) {
      String code =
          table
              .group(1)
              .lines()
              .map(row -> row.replaceFirst("^\\| `.*` \\| `(.*)` \\|$", "$1"))
              .collect(Collectors.joining("\n"));
      columns.add(new Block("java", code, lineOf(table.start(1))));
    }
    return columns;
  }

  /** A relative link: a path, empty for the document itself, and an anchor or null. */
  record Link(String path, String anchor, int line) {}

  List<Link> links() {
    List<Link> links = new ArrayList<>();
    Matcher link = LINK.matcher(withoutBlocks());
    while (link.find()) {
      links.add(new Link(link.group(1), link.group(2), lineOf(link.start())));
    }
    return links;
  }

  /** Returns the anchors of the headings, as GitHub derives them from their text. */
  List<String> anchors() {
    return HEADING
        .matcher(withoutBlocks())
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  /** Returns the text with every fenced block blanked, so that offsets and lines stay the same. */
  private String withoutBlocks() {
    return FENCE.matcher(text).replaceAll(block -> block.group().replaceAll(".", " "));
  }

  private int lineOf(int offset) {
    return (int) text.substring(0, offset).lines().count() + 1;
  }
}
