package dev.sinter.onednn;

import dev.sinter.backend.host.HostView;
import dev.sinter.program.Shape;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * One replica of a value, for oneDNN and for Java loops on the host.
 *
 * @param pointer its start
 * @param host the same floats, from index 0 on; used with absolute indices only
 * @param shape [rows, columns] row-major
 */
record View(FloatPointer pointer, FloatBuffer host, Shape shape) implements HostView {}
