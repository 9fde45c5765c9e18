package dev.sinter.cuda.nvidia;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one kernel takes from a multiprocessor, as ptxas reports it.
 *
 * @param source the name of its source
 * @param kernel the name of the function
 * @param architecture such as sm_90
 * @param registers of a thread
 * @param spillBytes that a thread stores and loads because registers are not enough
 * @param stackBytes of a thread, in local memory: spills, and arrays that are not in registers
 * @param sharedBytes of a block, without the dynamic part
 */
public record KernelUsage(
    String source,
    String kernel,
    String architecture,
    int registers,
    int spillBytes,
    int stackBytes,
    int sharedBytes) {
  private static final Pattern ENTRY =
      Pattern.compile("Compiling entry function '(\\w+)' for '(\\w+)'");
  private static final Pattern STACK = Pattern.compile("(\\d+) bytes stack frame");
  private static final Pattern SPILL = Pattern.compile("(\\d+) bytes spill (?:stores|loads)");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

  /** Reads the log that {@code --ptxas-options=-v} adds to a compilation. */
  static List<KernelUsage> parse(String source, String log) {
    List<KernelUsage> usages = new ArrayList<>();
    Matcher entry = ENTRY.matcher(log);
    boolean found = entry.find();
    while (found) {
      String kernel = entry.group(1);
      String architecture = entry.group(2);
      int start = entry.end();
      found = entry.find();
      String text = log.substring(start, found ? entry.start() : log.length());
      if (!REGISTERS.matcher(text).find() || !STACK.matcher(text).find()) {
        throw new AssertionError(
            "ptxas, " + kernel + " of " + source + ": no registers in\n" + log);
      }
      usages.add(
          new KernelUsage(
              source,
              kernel,
              architecture,
              sum(REGISTERS, text),
              sum(SPILL, text),
              sum(STACK, text),
              sum(SHARED, text)));
    }
    return usages;
  }

  private static int sum(Pattern number, String text) {
    return number.matcher(text).results().mapToInt(match -> Integer.parseInt(match.group(1))).sum();
  }
}
