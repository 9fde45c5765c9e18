package dev.sinter.bench;

import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Backends;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment variables that a backend's natives read once, when they load. Its {@link
 * BackendProvider#environment provider} knows which values it trains fastest with; whoever starts a
 * JVM asks here: {@code scripts/sinter}, {@code sinter bench}, the benchmarks, the GPU check.
 *
 * <p>What the user has set stays as it is, an empty value as well.
 */
public final class Environment {
  /** Both say how threads wait: whoever sets one of them has chosen. */
  private static final List<String> WAITING = List.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT");

  /** Variables that decide how fast natives are, by how they begin. */
  private static final String RELEVANT =
      "(OMP|GOMP|KMP|MKL|OPENBLAS|BLIS|ONEDNN|DNNL|ND4J|CUDA|NVIDIA_TF32|MALLOC)_.*|JAVA_TOOL_OPTIONS";

  private Environment() {}

  /**
   * Prints what each backend of the class path wants, and {@code auto}, for scripts. A line is
   *
   * <pre>
   * BACKEND NAME OTHERS=VALUE
   * </pre>
   *
   * <p>and asks to set NAME to VALUE, unless NAME or one of OTHERS is set.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    List<BackendProvider> providers = Backends.providers();
    providers.forEach(provider -> print(provider.name(), provider.environment()));
    print(Backends.AUTO, automatic(providers));
  }

  private static void print(String backend, Map<String, String> variables) {
    variables.forEach(
        (name, value) -> {
          List<String> names = new ArrayList<>(List.of(backend, name));
          names.addAll(others(name));
          System.out.println(String.join(" ", names) + "=" + value);
        });
  }

  private static List<String> others(String name) {
    return WAITING.contains(name)
        ? WAITING.stream().filter(other -> !other.equals(name)).toList()
        : List.of();
  }

  /** Returns what the best backend wants, then what the others want that it has no say in. */
  private static Map<String, String> automatic(List<BackendProvider> bestFirst) {
    Map<String, String> variables = new LinkedHashMap<>();
    bestFirst.forEach(provider -> variables.putAll(missing(provider.environment(), variables)));
    return variables;
  }

  /**
   * Returns the variables to add for a backend.
   *
   * @param backend its name; one that is not on the class path wants nothing
   * @param set what is set already
   */
  public static Map<String, String> missing(String backend, Map<String, String> set) {
    return Backends.providers().stream()
        .filter(provider -> provider.name().equals(backend))
        .findFirst()
        .map(provider -> missing(provider.environment(), set))
        .orElse(Map.of());
  }

  static Map<String, String> missing(Map<String, String> wanted, Map<String, String> set) {
    Map<String, String> missing = new LinkedHashMap<>(wanted);
    missing.keySet().removeIf(name -> isChosen(name, set));
    return missing;
  }

  private static boolean isChosen(String name, Map<String, String> set) {
    return set.containsKey(name) || others(name).stream().anyMatch(set::containsKey);
  }

  /** Returns those of some variables that decide how fast natives are, by name. */
  public static Map<String, String> relevant(Map<String, String> variables) {
    Map<String, String> relevant = new TreeMap<>(variables);
    relevant.keySet().removeIf(name -> !name.matches(RELEVANT));
    return relevant;
  }

  /** Returns the relevant variables that a backend's process has, started from here. */
  public static Map<String, String> of(String backend) {
    Map<String, String> variables = new TreeMap<>(System.getenv());
    variables.putAll(missing(backend, System.getenv()));
    return relevant(variables);
  }
}
