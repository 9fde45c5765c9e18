package dev.sinter.cuda.kernel;

import dev.sinter.program.Op;
import java.util.ArrayList;
import java.util.List;

/** The part of a kernel's source that Java writes: named constants and functions. */
public final class GeneratedCode {
  private final StringBuilder text = new StringBuilder();

  /** Writes a constant: a constant of an enum of the operations, or what C++ writes as Java. */
  public GeneratedCode constant(String name, Object value) {
    String written = value instanceof Enum<?> constant ? name(constant) : value.toString();
    return line("static constexpr auto " + name + " = " + written + ";");
  }

  /** Writes a function, given its head without qualifiers, and its statements. */
  public GeneratedCode function(String head, String body) {
    return line("static __device__ __forceinline__ " + head + " {").line(body).line("}");
  }

  /** Writes an enum with the names of its Java constants, and further names. */
  public GeneratedCode enumeration(Class<? extends Enum<?>> type, String... further) {
    List<String> names = new ArrayList<>();
    for (Enum<?> constant : type.getEnumConstants()) {
      names.add(constant.name());
    }
    names.addAll(List.of(further));
    return line("enum class " + type.getSimpleName() + " { " + String.join(", ", names) + " };");
  }

  /** Writes a line. */
  public GeneratedCode line(String line) {
    text.append(line).append('\n');
    return this;
  }

  /** Returns the C++ name of a constant of an enum. */
  public static String name(Enum<?> constant) {
    return constant.getDeclaringClass().getSimpleName() + "::" + constant.name();
  }

  /** Returns the C++ name of the accuracy that a loss counts, or of none. */
  public static String accuracy(Op.CrossEntropy loss) {
    return loss.correct() == null ? "Accuracy::NONE" : name(loss.accuracy());
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
