package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Details;
import dev.sinter.backend.Probe;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The output of {@code sinter info} for backends outside this module. */
class InfoReportTest {
  /** A backend with given details, or one that fails if they are requested. */
  private record Fake(String name, int rank, Probe probe, Details known)
      implements BackendProvider {
    @Override
    public Backend open(BackendOptions options) {
      throw new AssertionError("info opens nothing");
    }

    @Override
    public Details details() {
      if (known == null) {
        throw new AssertionError("details of a backend that cannot run");
      }
      return known;
    }
  }

  private static final Details KERNELS =
      new Details(
          Map.of("BLAS kernels", "Haswell"), List.of("OpenBLAS runs its kernels for Haswell"));

  private static Backends.Candidate candidate(String name, Probe probe, Details details) {
    return new Backends.Candidate(new Fake(name, 1, probe, details), probe);
  }

  private static final List<Backends.Candidate> TWO =
      List.of(
          candidate("gone", Probe.refused("not found"), null),
          candidate("here", Probe.usable("CPU", "version 1"), KERNELS));

  private static String print(InfoReport report) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    report.print(out);
    out.flush();
    return text.toString();
  }

  @Test
  void of_refusedBackend_isNotAskedForDetails() {
    InfoReport report = InfoReport.of(TWO);
    assertThat(report.details()).containsExactly(Details.NONE, KERNELS);
    assertThat(print(report))
        .contains("\nhere\n  BLAS kernels    Haswell\n")
        .contains("hint: backend here: OpenBLAS runs its kernels for Haswell\n")
        .contains("version 1  <- auto")
        .doesNotContain("\ngone\n ");
  }

  @Test
  void print_twoRuntimes_hintsAndListsThem() {
    InfoReport report =
        new InfoReport(
            TWO,
            List.of(Details.NONE, Details.NONE),
            Optional.of(List.of("/a/libgomp.so.1", "/b/libiomp5.so")),
            Map.of("OMP_WAIT_POLICY", "passive"));
    assertThat(print(report))
        .contains("OpenMP runtimes in this process: 2\n  /a/libgomp.so.1\n  /b/libiomp5.so\n")
        .contains("environment: OMP_WAIT_POLICY=passive\n")
        .contains("hint: 2 OpenMP runtimes are mapped");
    ObjectNode json = report.toJson();
    assertThat(json.get("openmp_runtimes")).hasSize(2);
    assertThat(json.get("environment").get("OMP_WAIT_POLICY").textValue()).isEqualTo("passive");
    assertThat(json.get("hints")).hasSize(1);
  }

  @Test
  void print_oneRuntimeOrUnknown_hintsNothing() {
    List<Details> none = List.of(Details.NONE, Details.NONE);
    InfoReport one = new InfoReport(TWO, none, Optional.of(List.of("/a/libgomp.so.1")), Map.of());
    assertThat(print(one)).contains("process: 1\n").doesNotContain("hint", "environment");
    InfoReport unknown = new InfoReport(TWO, none, Optional.empty(), Map.of());
    assertThat(print(unknown)).contains("process: unknown on this system").doesNotContain("hint");
    assertThat(unknown.toJson().get("openmp_runtimes").isNull()).isTrue();
  }

  @Test
  void toJson_details_standBesideTheirBackend() {
    ObjectNode json = InfoReport.of(TWO).toJson();
    assertThat(json.get("auto").textValue()).isEqualTo("here");
    assertThat(json.get("backends").get(0).get("details").isEmpty()).isTrue();
    assertThat(json.get("backends").get(1).get("details").get("BLAS kernels").textValue())
        .isEqualTo("Haswell");
    assertThat(json.get("hints").get(0).textValue()).startsWith("backend here: ");
  }
}
