#include "common.cu"

struct Operand {
  DeviceValue value;
  int rowStep, columnStep; // floats from one row or column to the next; 0 repeats the only one

  // An element of an operand of the output's shape, and of any other.
  __device__ __forceinline__ float at(int replica, int i) const { return value.of(replica)[i]; }
  __device__ __forceinline__ float at(int replica, int row, int column) const {
    return value.of(replica)[row * rowStep + column * columnStep];
  }
};

#include "generated.cu" // OPERANDS, element

struct ElementwiseArguments {
  DeviceValue output;
  int size;
  Operand operands[OPERANDS];
};

// output = element(operands). Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) elementwise(const ElementwiseArguments a) {
  const int replica = blockIdx.z, columns = a.output.columns;
  float *output = a.output.of(replica);
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < a.size; i += gridDim.x * blockDim.x) {
    output[i] = element(a.operands, replica, i, i / columns, i % columns);
  }
}
