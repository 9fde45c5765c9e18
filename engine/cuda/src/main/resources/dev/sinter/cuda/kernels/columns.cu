#include "common.cu"

struct CopyColumnsArguments {
  DeviceValue source, target;
  int from, to; // the first column of each
  int columns; // copied per row
  int size; // elements copied
};

// Copies columns of each row of a matrix to columns of another one. Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) copyColumns(const CopyColumnsArguments a) {
  const float *source = a.source.of(blockIdx.z);
  float *target = a.target.of(blockIdx.z);
  const int columns = a.columns, size = a.size;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < size; i += gridDim.x * blockDim.x) {
    const long long row = i / columns;
    const int column = i % columns;
    target[row * a.target.columns + a.to + column] = source[row * a.source.columns + a.from + column];
  }
}
