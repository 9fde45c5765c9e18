package dev.sinter.cuda;

import dev.sinter.backend.Probe;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A test for a real GPU, with the tag cuda; without a GPU it is skipped with the reason. */
@Tag("cuda")
@ExtendWith(OnDevice.Condition.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@interface OnDevice {
  /** Runs the probe. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Probe probe = new CudaProvider().probe();
      return probe.usable()
          ? ConditionEvaluationResult.enabled(probe.device())
          : ConditionEvaluationResult.disabled(probe.detail());
    }
  }
}
