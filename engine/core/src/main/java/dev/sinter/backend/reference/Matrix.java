package dev.sinter.backend.reference;

import dev.sinter.program.Shape;

/** One replica of a value: [rows, columns] row-major within a flat array. */
record Matrix(float[] memory, int offset, Shape shape) {
  int rows() {
    return shape.rows();
  }

  int columns() {
    return shape.columns();
  }

  int size() {
    return shape.size();
  }

  float get(int row, int column) {
    return memory[offset + row * shape.columns() + column];
  }

  void set(int row, int column, double value) {
    memory[offset + row * shape.columns() + column] = (float) value;
  }

  /** Returns the element at [row, column] after broadcasting axes of length 1. */
  float broadcast(int row, int column) {
    return get(shape.rows() == 1 ? 0 : row, shape.columns() == 1 ? 0 : column);
  }
}
