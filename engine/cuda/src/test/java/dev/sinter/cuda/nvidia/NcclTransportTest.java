package dev.sinter.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.distributed.Transports;
import dev.sinter.errors.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** NCCL is refused by reason where it cannot run, and used as it wants to be: see libnccl.c. */
class NcclTransportTest {
  @Test
  void get_noDriver_saysWhy() {
    Assumptions.assumeFalse(new NvidiaPlatform().survey().usable(), "CUDA can be used here");
    assertThatThrownBy(() -> Transports.get("nccl"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("transport nccl: expected one that works here")
        .hasMessageContaining(new NvidiaPlatform().survey().detail());
  }

  @Test
  void get_driverWithoutNccl_saysWhere() throws IOException {
    Path stub = ChildJvm.stub(source("libcuda.c"));
    try {
      ChildJvm.Result result = ChildJvm.run(stub, Map.of(), NcclProcess.class);
      Assumptions.assumeFalse(result.output().contains("ncclCommInitRankConfig"), "NCCL is here");
      assertThat(result.output()).contains("NCCL did not load (looked for libnccl.so.2 in");
    } finally {
      ChildJvm.deleteAll(stub);
    }
  }

  @Test
  void allReduce_ofThree_bringsSumsBackAndEndsByTheTimeout() throws IOException {
    Path stub = ChildJvm.stub(source("libcuda.c"));
    try {
      ChildJvm.build(stub, "libnccl.so.2", source("libnccl.c"));
      ChildJvm.Result result = ChildJvm.run(stub, Map.of(), NcclProcess.class);
      assertThat(result.output())
          .contains("nccl [3.0, 2.0, 9.0, 12.0]")
          .contains("transport nccl, rank 0 of 3: expected an answer of all processes to")
          .contains("received nothing for 500 ms.")
          .doesNotContain("libcuda of the test");
      assertThat(result.exit()).isZero();
    } finally {
      ChildJvm.deleteAll(stub);
    }
  }

  private static String source(String name) throws IOException {
    try (InputStream stream = NcclTransportTest.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
