package dev.sinter.networks;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value in a YAML file, which knows its place.
 *
 * @param file for messages
 * @param path the keys that lead to it, for messages
 * @param line from 1
 * @param node null for an empty file
 */
record YamlValue(String file, String path, int line, Node node) {
  private static final int SHOWN = 60;

  /** A key of a mapping and its value. */
  record Member(String key, YamlValue value) {}

  /**
   * Parses a document.
   *
   * @param file its name in messages
   * @throws InputException for text that is no YAML, by line
   */
  static YamlValue parse(String file, String text) {
    Compose yaml = new Compose(LoadSettings.builder().setLabel(file).build());
    try {
      Node root = yaml.composeString(text).orElse(null);
      return new YamlValue(file, "", 1, root);
    } catch (MarkedYamlEngineException problem) {
      int line = problem.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw InputException.of(
          file + ", line " + line, "YAML", problem.getProblem(), "Correct the line", problem);
    } catch (StackOverflowError problem) {
      throw InputException.of(
          file, "YAML of few levels", "too many levels in each other", "Correct the file", problem);
    } catch (YamlEngineException problem) {
      throw InputException.of(file, "YAML", problem.getMessage(), "Correct the file", problem);
    }
  }

  private YamlValue of(String key, Node child) {
    String longer = key.isEmpty() ? path : path.isEmpty() ? key : path + ", " + key;
    return new YamlValue(file, longer, line(child), child);
  }

  private int line(Node child) {
    return child.getStartMark().map(mark -> mark.getLine() + 1).orElse(line);
  }

  /** Returns whether nothing stands there. */
  boolean isNothing() {
    return node == null || node.getTag().equals(Tag.NULL);
  }

  boolean isText() {
    return node instanceof ScalarNode && !isNothing();
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  boolean isMapping() {
    return node instanceof MappingNode;
  }

  /** Returns the text of a scalar. */
  String text() {
    return ((ScalarNode) node).getValue();
  }

  /** Returns the items of a list. */
  List<YamlValue> items() {
    return ((SequenceNode) node).getValue().stream().map(item -> of("", item)).toList();
  }

  /** Returns the members of a mapping, in order; the keys are texts and differ. */
  List<Member> members() {
    List<Member> members = new ArrayList<>();
    for (NodeTuple tuple : ((MappingNode) node).getValue()) {
      YamlValue key = of("", tuple.getKeyNode());
      if (!key.isText()) {
        throw key.refused("a key", "Correct the line");
      }
      if (members.stream().anyMatch(member -> member.key().equals(key.text()))) {
        throw key.refused("each key once", "\"" + key.text() + "\" again", "Remove one of them");
      }
      YamlValue value = of(key.text(), tuple.getValueNode());
      // What stands below its key is told by the key's line, where the mistake is looked for.
      members.add(new Member(key.text(), new YamlValue(file, value.path, key.line, value.node)));
    }
    return members;
  }

  /** Returns the error for this value. */
  InputException refused(Object expected, String remedy) {
    return refused(expected, shown(), remedy);
  }

  /** Returns the error for something in this value. */
  InputException refused(Object expected, Object received, String remedy) {
    return InputException.of(where(), expected, received, remedy);
  }

  /** Returns the place: file, line and keys. */
  String where() {
    return file + ", line " + line + (path.isEmpty() ? "" : ", " + path);
  }

  private String shown() {
    if (isNothing()) {
      return "nothing";
    }
    if (!isText()) {
      return isList() ? "a list" : "keys of its own";
    }
    String text = text();
    return "\"" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text) + "\"";
  }
}
