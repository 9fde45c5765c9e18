package dev.sinter.cuda.nvidia;

import dev.sinter.backend.BackendOptions;
import dev.sinter.distributed.Endpoint;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.distributed.Transport;
import dev.sinter.distributed.Transports;
import dev.sinter.errors.RunException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Rank 0 of 3 on the libraries of {@link NcclTransportTest}. */
final class NcclProcess {
  private NcclProcess() {}

  public static void main(String[] arguments) {
    Transport nccl = Transports.get("nccl");
    try (Endpoint endpoint = nccl.open(0, "localhost", BackendOptions.DEFAULT);
        ProcessGroup group =
            endpoint.connect(
                List.of(endpoint.address(), "-", "-"), new byte[0], Duration.ofMillis(500))) {
      float[] values = {1, 2, 3, 4};
      group.begin(values, 0, 1);
      group.begin(values, 2, 2);
      group.await();
      System.out.println(group.transport() + " " + Arrays.toString(values));
      group.allReduce(values);
    } catch (RunException e) {
      System.out.println(e.getMessage());
    }
  }
}
