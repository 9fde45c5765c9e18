#include "common.cu"
#include "generated.cu" // REDUCTION

static __device__ __forceinline__ float reduced(float a, float b) {
  return REDUCTION == Reduction::MAXIMUM ? maximum(a, b) : a + b;
}

struct ReduceArguments {
  DeviceValue x, output;
  int length; // floats, or rows, per result
};

// Reduces each of `groups` stretches of `length` floats to one number, one block per stretch. Grid (groups, 1, R).
extern "C" __global__ void __launch_bounds__(256) reduce(const ReduceArguments a) {
  __shared__ float shared[32];
  const float *x = a.x.of(blockIdx.z) + (long long)blockIdx.x * a.length;
  float value = REDUCTION == Reduction::MAXIMUM ? MINUS_INFINITY : 0.0f;
  for (int i = threadIdx.x; i < a.length; i += blockDim.x) value = reduced(value, x[i]);
  if (REDUCTION == Reduction::MAXIMUM) {
    value = groupMaximum<32>(value);
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
    __syncthreads();
    if (threadIdx.x == 0) {
      for (int warp = 1; warp < (int)blockDim.x / 32; warp++) value = maximum(value, shared[warp]);
    }
  } else {
    value = blockSum(value, shared);
  }
  if (threadIdx.x == 0) a.output.of(blockIdx.z)[blockIdx.x] = value;
}

// Reduces each column over `length` rows: 32 columns per block of 256, each by eight threads, in a fixed order.
extern "C" __global__ void __launch_bounds__(256) reduceColumns(const ReduceArguments a) {
  __shared__ float parts[8][32];
  const int columns = a.x.columns;
  const int column = blockIdx.x * 32 + threadIdx.x % 32, part = threadIdx.x / 32;
  const float *x = a.x.of(blockIdx.z);
  float value = REDUCTION == Reduction::MAXIMUM ? MINUS_INFINITY : 0.0f;
  for (int row = part; row < a.length && column < columns; row += 8) {
    value = reduced(value, x[(long long)row * columns + column]);
  }
  parts[part][threadIdx.x % 32] = value;
  __syncthreads();
  if (part == 0 && column < columns) {
    for (int other = 1; other < 8; other++) value = reduced(value, parts[other][threadIdx.x]);
    a.output.of(blockIdx.z)[column] = value;
  }
}
