package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Map;

/** Names the instruction sets for which oneDNN generates code; its constants are bit sets. */
final class OneDnnInstructions {
  /** The names of oneDNN, as in ONEDNN_MAX_CPU_ISA. */
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(dnnl_cpu_isa_sse41, "SSE41"),
          Map.entry(dnnl_cpu_isa_avx, "AVX"),
          Map.entry(dnnl_cpu_isa_avx2, "AVX2"),
          Map.entry(dnnl_cpu_isa_avx2_vnni, "AVX2_VNNI"),
          Map.entry(dnnl_cpu_isa_avx2_vnni_2, "AVX2_VNNI_2"),
          Map.entry(dnnl_cpu_isa_avx512_core, "AVX512_CORE"),
          Map.entry(dnnl_cpu_isa_avx512_core_vnni, "AVX512_CORE_VNNI"),
          Map.entry(dnnl_cpu_isa_avx512_core_bf16, "AVX512_CORE_BF16"),
          Map.entry(dnnl_cpu_isa_avx512_core_fp16, "AVX512_CORE_FP16"),
          Map.entry(dnnl_cpu_isa_avx512_core_amx, "AVX512_CORE_AMX"),
          Map.entry(dnnl_cpu_isa_avx512_core_amx_fp16, "AVX512_CORE_AMX_FP16"),
          Map.entry(dnnl_cpu_isa_avx10_2_512, "AVX10_2_512"),
          Map.entry(dnnl_cpu_isa_avx10_2_512_amx_2, "AVX10_2_512_AMX_2"));

  private OneDnnInstructions() {}

  /** Returns the name that oneDNN uses. */
  static String name(int isa) {
    if (isa == dnnl_cpu_isa_default) {
      return "none known to oneDNN on this processor";
    }
    return NAMES.getOrDefault(isa, "unknown (0x" + Integer.toHexString(isa) + ")");
  }

  /** Returns the human-readable name of the widest vector instructions; empty if there are none. */
  static String vectors(int isa) {
    if (isa == dnnl_cpu_isa_default) {
      return "";
    }
    String vectors =
        contains(isa, dnnl_cpu_isa_avx512_core)
            ? "AVX-512"
            : contains(isa, dnnl_cpu_isa_avx2)
                ? "AVX2"
                : contains(isa, dnnl_cpu_isa_avx) ? "AVX" : "SSE4.1";
    return vectors + (contains(isa, dnnl_cpu_isa_avx512_core_amx) ? " and AMX" : "");
  }

  /** Returns whether they multiply bf16 faster than float32. */
  static boolean multiplyBf16(int isa) {
    return contains(isa, dnnl_cpu_isa_avx512_core_bf16);
  }

  private static boolean contains(int isa, int part) {
    return (isa & part) == part;
  }
}
