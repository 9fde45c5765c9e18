package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Platform.Survey;
import dev.sinter.cuda.nvidia.Nccl;
import dev.sinter.cuda.nvidia.NvidiaPlatform;
import dev.sinter.distributed.Endpoint;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.distributed.Transport;
import java.time.Duration;
import java.util.List;

/**
 * Carries numbers between GPUs with NCCL, on Linux. NCCL chooses the order of the sums by itself,
 * from the network and the devices: the sums are equal on all processes, but not to the bit those
 * in the order of the ranks.
 *
 * <p>NCCL finds its way between machines by itself too, whatever host name an endpoint is given;
 * NCCL_SOCKET_IFNAME names a network device. The address of rank 0 is NCCL's unique id, which is
 * the group's secret here: the token is not used. The process trains on the device that the
 * backend's options name, and so does its endpoint; each process needs one of its own.
 */
public final class NcclTransport implements Transport {
  private final NvidiaPlatform platform = new NvidiaPlatform();

  /** Creates the transport; loads nothing. */
  public NcclTransport() {}

  @Override
  public String name() {
    return "nccl";
  }

  @Override
  public String reasonAgainst() {
    Survey survey = platform.survey();
    String reason = survey.usable() ? Nccl.reasonAgainst() : survey.detail();
    return reason.isEmpty() ? null : reason;
  }

  @Override
  public Endpoint open(int rank, String host, BackendOptions options) {
    int index = DeviceChoice.index(CudaProvider.NAME, platform.survey().devices(), options);
    return new NcclEndpoint(rank, rank == 0 ? Nccl.uniqueId() : "-", platform.open(index));
  }

  private static final class NcclEndpoint implements Endpoint {
    private final int rank;
    private final String address;
    private Device device; // null once the group has it

    NcclEndpoint(int rank, String address, Device device) {
      this.rank = rank;
      this.address = address;
      this.device = device;
    }

    @Override
    public String address() {
      return address;
    }

    @Override
    public ProcessGroup connect(List<String> addresses, byte[] token, Duration timeout) {
      Device own = device;
      device = null;
      return Nccl.connect(own, rank, addresses.size(), addresses.get(0), timeout);
    }

    @Override
    public void close() {
      if (device != null) {
        device.close();
        device = null;
      }
    }
  }
}
