package dev.sinter.backend;

import dev.sinter.errors.BackendUnavailableException;
import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the backends on the class path and chooses one. Any number of threads may call its methods.
 *
 * <p>{@code auto} takes the usable backend with the highest rank and logs one line: which, on what,
 * and why each better one was refused. A backend asked for by name is opened, or the probe's reason
 * is thrown: nothing falls back silently.
 */
public final class Backends {
  /** The name that lets Sinter choose. */
  public static final String AUTO = "auto";

  private static final String WHAT = "backend";

  /** Sinter's own backends, for those that are not on the class path. */
  private static final List<BackendProvider> KNOWN =
      List.of(
          new AbsentBackend("cuda", 400, "not in this build; build with -Pcuda"),
          new AbsentBackend(
              "onednn", 300, "not in this build; it comes with the module sinter-cpu"),
          new AbsentBackend(
              "nd4j", 200, "not in this build; it comes with the module sinter-nd4j"));

  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  /**
   * One line of the table that {@code sinter info} prints.
   *
   * @param provider the backend
   * @param probe what its probe said
   */
  public record Candidate(BackendProvider provider, Probe probe) {
    /** Returns the backend's name. */
    public String name() {
      return provider.name();
    }

    /** Returns its place in the order of {@code auto}. */
    public int rank() {
      return provider.rank();
    }
  }

  private record AbsentBackend(String name, int rank, String reason) implements BackendProvider {
    @Override
    public Probe probe() {
      return Probe.refused(reason);
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new IllegalStateException(name + " was opened although its probe refused");
    }
  }

  private Backends() {}

  /** Probes every backend, best first; known ones that are not on the class path are refused. */
  public static List<Candidate> survey() {
    return providers().stream().map(p -> new Candidate(p, p.probe())).toList();
  }

  /**
   * Probes one backend alone.
   *
   * @throws InputException when the name is unknown
   */
  public static List<Candidate> survey(String name) {
    BackendProvider provider = KnownNames.of(WHAT, providers(), BackendProvider::name).get(name);
    return List.of(new Candidate(provider, provider.probe()));
  }

  /**
   * Opens a backend.
   *
   * @param name a backend, or {@link #AUTO}
   * @throws InputException when the name is unknown or the backend cannot run; the message has the
   *     reason
   */
  public static Backend open(String name, BackendOptions options) {
    return open(providers(), name, options);
  }

  /** Opens one of these backends; they stand best first. */
  static Backend open(List<BackendProvider> providers, String name, BackendOptions options) {
    KnownNames<Supplier<Backend>> ways =
        KnownNames.<Supplier<Backend>>of(WHAT).with(AUTO, () -> openBest(providers, options));
    for (BackendProvider provider : providers) {
      ways = ways.with(provider.name(), () -> openNamed(provider, options));
    }
    return ways.get(name).get();
  }

  private static Backend openBest(List<BackendProvider> providers, BackendOptions options) {
    StringBuilder refusals = new StringBuilder();
    for (int i = 0; i < providers.size(); i++) {
      BackendProvider provider = providers.get(i);
      Probe probe = provider.probe();
      Backend backend = null;
      String refusal = probe.detail();
      if (probe.usable()) {
        try {
          backend = provider.open(options);
        } catch (BackendUnavailableException e) { // as a GPU that another process has for itself
          refusal = e.getMessage();
        }
      }
      if (backend != null) {
        for (BackendProvider passed : providers.subList(i + 1, providers.size())) {
          String remark = passed.remark();
          refusals.append(remark.isEmpty() ? "" : "; " + passed.name() + ": " + remark);
        }
        LOG.info("backend {} on {}{}", provider.name(), backend.device(), refusals);
        return backend;
      }
      refusals.append("; ").append(provider.name()).append(" refused: ").append(refusal);
    }
    throw new BackendUnavailableException(
        AUTO,
        "No backend can run%s. The module sinter-core brings the reference backend: is its jar complete?"
            .formatted(refusals));
  }

  private static Backend openNamed(BackendProvider provider, BackendOptions options) {
    provider.probe().requireUsable(provider.name());
    return provider.open(options);
  }

  /** Returns every backend, best first, and probes none: known ones are there even if absent. */
  public static List<BackendProvider> providers() {
    List<BackendProvider> providers = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader())
        .forEach(providers::add);
    for (BackendProvider known : KNOWN) {
      if (providers.stream().noneMatch(provider -> provider.name().equals(known.name()))) {
        providers.add(known);
      }
    }
    return bestFirst(providers);
  }

  static List<BackendProvider> bestFirst(List<BackendProvider> providers) {
    return providers.stream()
        .sorted(Comparator.comparingInt(BackendProvider::rank).reversed())
        .toList();
  }
}
