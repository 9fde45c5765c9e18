package dev.sinter.formats;

import dev.sinter.saving.ModelFormat;
import dev.sinter.saving.SavedModel;
import java.nio.file.Path;
import java.util.List;

/**
 * ONNX, opset 13: dense layers and activations in one chain, weights and notes; no training state.
 * Written: Gemm, Relu, Sigmoid, Tanh, Softmax, Identity. Read: the same, and MatMul, Add, Flatten
 * and Constant as other tools write them. Immutable: any number of threads may use it. Source:
 * onnx.proto and the operators' definitions.
 */
public final class OnnxFormat implements ModelFormat {
  static final String EXPECTED = "an ONNX file";

  /** The producer that the files of Sinter name. */
  static final String PRODUCER = "sinter";

  /** The key of the metadata for a number's way into the model: "factor offset". */
  static final String INPUT_SCALE = "input_scale";

  /** What the keys of Sinter's metadata begin with. */
  static final String KEY_PREFIX = "sinter.";

  /** Opens the format. */
  public OnnxFormat() {}

  @Override
  public String name() {
    return "ONNX";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".onnx");
  }

  @Override
  public SavedModel read(Path file) {
    return OnnxImport.read(file.toString(), OnnxReader.read(file));
  }

  @Override
  public void write(Path file, SavedModel model) {
    OnnxExport.write(file, model);
  }
}
