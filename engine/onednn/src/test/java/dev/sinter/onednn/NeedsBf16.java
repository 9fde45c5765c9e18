package dev.sinter.onednn;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Precision;
import dev.sinter.errors.InputException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests of bf16, with the refusal as the reason, where the CPU does not have it. */
final class NeedsBf16 implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    try {
      new OneDnnProvider().open(BackendOptions.DEFAULT.precision(Precision.BF16));
      return ConditionEvaluationResult.enabled("bf16");
    } catch (InputException e) {
      System.out.println("SKIPPED " + context.getDisplayName() + ": " + e.getMessage());
      return ConditionEvaluationResult.disabled(e.getMessage());
    }
  }
}
