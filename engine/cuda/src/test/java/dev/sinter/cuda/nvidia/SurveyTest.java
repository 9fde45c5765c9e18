package dev.sinter.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cuda.driver.ComputeMode;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Platform.Survey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Surveys of machines that are broken in one way each. */
class SurveyTest {
  private static final DeviceProperties HOPPER =
      new DeviceProperties("NVIDIA H100", 9, 0, 132, 232448, 80L << 30, 13000, 233472, 2048, true);
  private static final DeviceProperties PASCAL =
      new DeviceProperties("NVIDIA TITAN Xp", 6, 1, 30, 49152, 12L << 30, 13000, 98304, 2048, true);

  private final FakeMachine machine = new FakeMachine();
  private Survey survey;

  private String detail() {
    survey = Surveyor.survey(machine);
    return survey.detail();
  }

  @AfterEach
  void isOneLineWithoutAFullStop() {
    assertThat(survey.detail()).doesNotContain("\n").doesNotEndWith(".").isNotBlank();
  }

  @Test
  void aGoodMachineIsUsableAndNamesItsVersions() {
    assertThat(detail()).isEqualTo("driver 580.65.06 with CUDA 13.0, NVRTC 13.1");
    assertThat(survey.usable()).isTrue();
    assertThat(survey.devices()).containsExactly(HOPPER);
  }

  @Test
  void javaCppMissingNamesTheProfile() {
    machine.platform = null;
    assertThat(detail())
        .startsWith("JavaCPP did not load (NoClassDefFoundError: org/bytedeco/javacpp/Loader)")
        .contains("-Pcuda")
        .contains("org.bytedeco:cuda");
    assertThat(survey.usable()).isFalse();
  }

  @Test
  void aMacIsToldThatThereIsNoCuda() {
    machine.platform = "macosx-arm64";
    assertThat(detail()).contains("CUDA exists for linux-x86_64").contains("this is macosx-arm64");
  }

  @Test
  void nativesMissingNamesTheProfileAndTheClassifier() {
    machine.loading = new UnsatisfiedLinkError("no jnicudart in java.library.path");
    machine.resources.clear();
    assertThat(detail())
        .startsWith("CUDA's natives for linux-x86_64 are not on the class path")
        .contains("libjnicudart.so")
        .contains("-Pcuda")
        .contains("classifier linux-x86_64");
  }

  @Test
  void driverMissingSaysWhatWasLookedForAndWhere() {
    machine.loading = missing("libcuda.so.1");
    machine.module = "";
    assertThat(detail())
        .startsWith("NVIDIA's driver is not installed (looked for libcuda.so.1")
        .contains("LD_LIBRARY_PATH, which is not set")
        .contains("ldconfig")
        .contains("R580 or newer")
        .doesNotContain("kernel module");
    machine.variables.put("LD_LIBRARY_PATH", "/opt/libraries");
    machine.module = "580.65.06";
    assertThat(detail())
        .contains("LD_LIBRARY_PATH, which is /opt/libraries")
        .contains("the kernel module is there, version 580.65.06");
  }

  @Test
  void driverMissingOnWindowsNamesNvcuda() {
    machine.platform = "windows-x86_64";
    machine.resources.add("org/bytedeco/cuda/windows-x86_64/jnicudart.dll");
    machine.loading = new UnsatisfiedLinkError("jnicudart.dll: Can't find dependent libraries");
    assertThat(detail()).contains("looked for nvcuda.dll as C:\\Windows\\System32\\nvcuda.dll");
    machine.files.add("C:\\Windows\\System32\\nvcuda.dll");
    assertThat(detail()).startsWith("libcudart of CUDA 13 did not load").contains("cuda-redist");
  }

  @Test
  void cudartMissingNamesTheRedistributable() {
    machine.loading = missing("libcudart.so.13");
    assertThat(detail())
        .startsWith("libcudart of CUDA 13 did not load")
        .contains("libcudart.so.13: cannot open shared object file")
        .contains("org.bytedeco:cuda-redist with the classifier linux-x86_64");
  }

  @Test
  void anOldDriverNamesFoundAndNeeded() {
    machine.driver = 12040;
    machine.module = "550.54.15";
    assertThat(detail())
        .startsWith("NVIDIA's driver is too old (found: CUDA 12.4, driver 550.54.15; needed:")
        .contains("CUDA 13.0")
        .contains("R580");
  }

  @ParameterizedTest
  @CsvSource({
    "34, stub of libcuda",
    "46, another process",
    "802, nvidia-fabricmanager",
    "803, of different versions: restart",
    "804, ends in compat",
    "999, nvidia-smi",
    "304, reinstall the driver",
  })
  void initializationThatFailsNamesErrorAndRemedy(int code, String remedy) {
    machine.initialization = code;
    assertThat(detail())
        .startsWith("NVIDIA's driver did not start (cuInit answers NAME_" + code + " (" + code)
        .contains("text of " + code)
        .contains(remedy);
  }

  @Test
  void noDeviceMentionsTheVisibleOnes() {
    machine.initialization = 100;
    assertThat(detail())
        .startsWith("no NVIDIA GPU was found (cuInit answers NAME_100")
        .contains("nvidia-smi")
        .doesNotContain("CUDA_VISIBLE_DEVICES");
    machine.variables.put("CUDA_VISIBLE_DEVICES", "");
    assertThat(detail())
        .contains("CUDA_VISIBLE_DEVICES is \"\", which hides all devices")
        .contains("unset");
    machine.variables.put("CUDA_VISIBLE_DEVICES", "-1");
    assertThat(detail()).contains("CUDA_VISIBLE_DEVICES is \"-1\", which hides all devices");
    machine.initialization = 0;
    machine.devices.clear();
    machine.variables.put("CUDA_VISIBLE_DEVICES", "7");
    assertThat(detail())
        .contains("the driver counts 0 devices")
        .contains("CUDA_VISIBLE_DEVICES is \"7\", which begins with no device of this machine");
  }

  @Test
  void aProhibitedDeviceNamesTheRemedyAndAnotherDevice() {
    machine.devices.set(0, HOPPER.identified("GPU-1", ComputeMode.PROHIBITED));
    assertThat(detail())
        .startsWith("device 0, NVIDIA H100, is in compute mode prohibited")
        .endsWith("; allow any number of processes with nvidia-smi -i GPU-1 -c 0");
    machine.devices.add(HOPPER.identified("GPU-2", ComputeMode.EXCLUSIVE));
    assertThat(detail())
        .contains("name only device GPU-2, NVIDIA H100, in CUDA_VISIBLE_DEVICES, or");
    assertThat(survey.usable()).isFalse();
  }

  @Test
  void anOldDeviceNamesTheOtherBackendAndAnotherDevice() {
    machine.devices.set(0, PASCAL);
    assertThat(detail())
        .startsWith("device 0, NVIDIA TITAN Xp, is too old for CUDA 13 (found: compute")
        .contains("capability 6.1; needed: 7.5")
        .endsWith("; build Sinter with -Pnd4j-cuda, which runs on Kepler to Ada");
    machine.devices.add(HOPPER);
    assertThat(detail()).contains("name only device 1, NVIDIA H100, in CUDA_VISIBLE_DEVICES");
    assertThat(survey.devices()).containsExactly(PASCAL, HOPPER);
  }

  @Test
  void aDeviceNewerThanTheCompilerNamesBoth() {
    machine.devices.set(
        0, new DeviceProperties("NVIDIA Next", 13, 0, 1, 1, 1, 14000, 1, 1024, true));
    assertThat(detail()).contains("found: compute capability 13.0; NVRTC 13.1 knows up to 12.1");
  }

  @Test
  void nvrtcMissingNamesTheRedistributable() {
    machine.compiling = missing("libnvrtc.so.13");
    assertThat(detail())
        .startsWith("NVRTC of CUDA 13 did not load (UnsatisfiedLinkError")
        .contains("org.bytedeco:cuda-redist");
  }

  @Test
  void whateverElseIsThrownIsAReasonAsWell() {
    machine.loading = new IllegalStateException("first\nsecond");
    assertThat(detail()).startsWith("CUDA did not load (IllegalStateException: first)");
    machine.loading = null;
    machine.devices.set(0, null);
    assertThat(detail()).startsWith("CUDA did not load (NullPointerException");
  }

  private static UnsatisfiedLinkError missing(String file) {
    UnsatisfiedLinkError error = new UnsatisfiedLinkError("no jni library");
    error.initCause(
        new UnsatisfiedLinkError(
            "/cache/libjni.so: " + file + ": cannot open shared object file: No such file"));
    return error;
  }

  /** A perfect machine, until a test breaks it. */
  private static final class FakeMachine implements Machine {
    private final Set<String> resources =
        new HashSet<>(Set.of("org/bytedeco/cuda/linux-x86_64/libjnicudart.so"));
    private final Set<String> files = new HashSet<>();
    private final Map<String, String> variables = new HashMap<>();
    private final List<DeviceProperties> devices = new ArrayList<>(List.of(HOPPER));
    private String platform = "linux-x86_64";
    private Throwable loading;
    private Throwable compiling;
    private String module = "580.65.06";
    private int driver = 13000;
    private int initialization;

    @Override
    public String platform() {
      if (platform == null) {
        throw new NoClassDefFoundError("org/bytedeco/javacpp/Loader");
      }
      return platform;
    }

    @Override
    public void loadDriver() {
      fail(loading);
    }

    @Override
    public boolean hasResource(String name) {
      return resources.contains(name);
    }

    @Override
    public boolean hasFile(String path) {
      return files.contains(path);
    }

    @Override
    public String environment(String name) {
      return variables.get(name);
    }

    @Override
    public String moduleVersion() {
      return module;
    }

    @Override
    public int driverVersion() {
      return driver;
    }

    @Override
    public int initialize() {
      return initialization;
    }

    @Override
    public String errorName(int code) {
      return "NAME_" + code;
    }

    @Override
    public String errorText(int code) {
      return "text of " + code;
    }

    @Override
    public List<DeviceProperties> devices() {
      return devices;
    }

    @Override
    public String compilerVersion() {
      fail(compiling);
      return "NVRTC 13.1";
    }

    @Override
    public List<Integer> compilerArchitectures() {
      return List.of(75, 90, 121);
    }

    private static void fail(Throwable failure) {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
    }
  }
}
