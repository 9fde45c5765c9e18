package dev.sinter.cuda.nvidia;

import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.ComputeMode;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Products;
import dev.sinter.errors.BackendUnavailableException;
import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * The driver and libraries of NVIDIA on this machine.
 *
 * <p>Loads nothing before {@link #survey}. Its result is kept for the life of the process, because
 * a class that failed to load cannot be loaded again. The other methods need a usable survey.
 */
public final class NvidiaPlatform implements Platform {
  private static final String INSTEAD = "; Sinter's own kernels are used instead";
  private static final String WITHOUT = ", or leave cuda.ops out";

  private static Survey answer; // guarded by the class

  @Override
  public Survey survey() {
    synchronized (NvidiaPlatform.class) {
      if (answer == null) {
        try {
          answer = Surveyor.survey(new LocalMachine());
        } catch (Throwable e) { // without JavaCPP, even LocalMachine does not load
          answer = new Survey(false, List.of(), Reasons.noJavaCpp(e));
        }
      }
      return answer;
    }
  }

  @Override
  public Device open(int index) {
    Survey survey = survey();
    if (!survey.usable()) {
      throw unavailable(survey.detail());
    }
    List<DeviceProperties> devices = survey.devices();
    if (index < 0 || index >= devices.size()) {
      throw InputException.of(
          "CUDA device",
          "0 to " + (devices.size() - 1),
          index,
          "Pick one that nvidia-smi -L lists");
    }
    DeviceProperties device = devices.get(index);
    if (device.capability() < Surveyor.LEAST_CAPABILITY) {
      throw unavailable(Reasons.deviceTooOld(index, devices));
    }
    if (device.mode() == ComputeMode.PROHIBITED) {
      throw unavailable(Reasons.prohibited(index, devices));
    }
    return new NvidiaDevice(index, device);
  }

  /** Reports that the backend cannot run here; {@code auto} takes the next one then. */
  static BackendUnavailableException unavailable(String reason) {
    return new BackendUnavailableException("cuda", "CUDA cannot be used here: " + reason + ".");
  }

  @Override
  public KernelCompiler compiler() {
    return new NvrtcCompiler();
  }

  @Override
  public Library<Products> products(Device device) {
    String reason = loadCublas();
    return reason.isEmpty()
        ? CublasLtProducts.open((NvidiaDevice) device, INSTEAD)
        : new Library<>(null, reason);
  }

  @Override
  public Library<ActivationLibrary> neuralOps(Device device) {
    String reason = loadCublas();
    if (!reason.isEmpty()) {
      return new Library<>(null, "cuDNN needs cuBLAS: " + reason.replace(INSTEAD, WITHOUT));
    }
    List<String> parts = List.of("cudnn_graph", "cudnn_ops", "cudnn_cnn", "cudnn_adv");
    reason =
        Presets.load("cudnn", "cuDNN", files(parts, 9), "install cuDNN 9 for CUDA 13" + WITHOUT);
    return reason.isEmpty()
        ? CudnnOps.open((NvidiaDevice) device, WITHOUT)
        : new Library<>(null, reason);
  }

  private static String loadCublas() {
    return Presets.load(
        "cublas",
        "cuBLASLt",
        files(List.of("cublasLt", "cublas"), 13),
        "install cuBLAS of CUDA 13" + INSTEAD);
  }

  /** Returns the file names of libraries: libcublasLt.so.13, or cublasLt64_13.dll. */
  private static List<String> files(List<String> libraries, int version) {
    boolean windows = Loader.getPlatform().startsWith("windows");
    List<String> files = new ArrayList<>();
    for (String library : libraries) {
      files.add(windows ? library + "64_" + version + ".dll" : "lib" + library + ".so." + version);
    }
    return files;
  }
}
