// Collects the results of a step and advances the position.

#include "common.cu"

// ResultTable.java writes it.
struct Result {
  DeviceValue value;
  int size;  // floats of one replica
  int start; // offset within the results of a step
};

// Packs one result of a step, replica by replica, with the given number of threads.
static __device__ __forceinline__ void collectResult(
    const Position *position, int step, const Result &result, int stepFloats, int replicas, int thread, int threads) {
  float *target = position->results + (long long)(position->step + step) * stepFloats + result.start;
  const int count = replicas * result.size;
  for (int i = thread; i < count; i += threads) {
    target[i] = result.value.of(i / result.size)[i % result.size];
  }
}

struct CollectArguments {
  const Position *position;
  int step;
  int stepFloats;
  const Result *results;
  int replicas;
};

// Packs the results of a step, value by value. Grid (any, 1, number of results).
extern "C" __global__ void __launch_bounds__(256) collect(const CollectArguments a) {
  collectResult(a.position, a.step, a.results[blockIdx.z], a.stepFloats, a.replicas,
                blockIdx.x * blockDim.x + threadIdx.x, gridDim.x * blockDim.x);
}

extern "C" __global__ void __launch_bounds__(32) advance(Position *position, int steps) {
  if (threadIdx.x == 0) position->step += steps;
}
