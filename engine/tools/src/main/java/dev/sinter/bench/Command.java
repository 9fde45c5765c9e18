package dev.sinter.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A command line with its environment and its log; {@link #start} runs it. Immutable. */
public final class Command {
  final List<String> words;
  final Map<String, String> variables;
  final Path log; // null for none
  final Output output;

  /** Where standard output goes. */
  enum Output {
    /** To the log, or into memory. */
    KEPT,
    /** To who asks for the next line. */
    LINES,
    /** To this JVM's own, as standard error does. */
    OURS
  }

  private Command(List<String> words, Map<String, String> variables, Path log, Output output) {
    this.words = List.copyOf(words);
    this.variables = variables;
    this.log = log;
    this.output = output;
  }

  /** Returns the command of a program with its arguments. */
  public static Command of(List<String> words) {
    return new Command(words, Map.of(), null, Output.KEPT);
  }

  /** Returns the command of a program with its arguments. */
  public static Command of(String... words) {
    return of(List.of(words));
  }

  /**
   * Returns the command that starts a class of this class path in a JVM like this one.
   *
   * @param options of the JVM; access to natives is allowed anyway
   */
  public static Command java(List<String> options, String main, List<String> arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      words.add("--enable-native-access=ALL-UNNAMED");
      words.add("--sun-misc-unsafe-memory-access=allow");
    }
    words.addAll(options);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    words.addAll(arguments);
    return of(words);
  }

  /** Returns the options that this JVM was started with, except debuggers and agents. */
  public static List<String> ownOptions() {
    return withoutAgents(ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  static List<String> withoutAgents(List<String> options) {
    return options.stream()
        .filter(option -> !option.matches("-(agentlib:|agentpath:|javaagent:|Xrunjdwp).*"))
        .toList();
  }

  /** Returns the command with the variables that a backend's natives train fastest with. */
  public Command forBackend(String backend) {
    Map<String, String> all = new TreeMap<>(variables);
    all.putAll(Environment.missing(backend, System.getenv()));
    return new Command(words, all, log, output);
  }

  /** Returns the command with another variable. */
  public Command variable(String name, String value) {
    Map<String, String> all = new TreeMap<>(variables);
    all.put(name, value);
    return new Command(words, all, log, output);
  }

  /** Returns the command with a file that both of its streams are appended to. */
  public Command log(Path file) {
    return new Command(words, variables, file, output);
  }

  /**
   * Returns the command with its standard output kept for {@link Child#line}; standard error still
   * goes to the log. Its standard input stays open until the process is closed, or this JVM ends.
   */
  public Command lines() {
    return new Command(words, variables, log, Output.LINES);
  }

  /** Returns the command with this JVM's own streams. */
  public Command onOurStreams() {
    return new Command(words, variables, null, Output.OURS);
  }

  /** Returns the program and its arguments. */
  public List<String> words() {
    return words;
  }

  /** Starts it; a program that cannot be started is told by what waits for it. */
  public Child start() {
    return new Child(this);
  }

  /**
   * Runs it to its end.
   *
   * @param seconds after which it is ended, together with the processes it started
   */
  public Child.Ended run(long seconds) {
    try (Child child = start()) {
      return child.await(seconds);
    }
  }

  /** Returns the first line that it prints; empty if it is missing, fails or takes too long. */
  public String firstLine(long seconds) {
    Child.Ended ended = lines().run(seconds);
    return ended.succeeded() ? ended.output().lines().findFirst().orElse("").strip() : "";
  }
}
