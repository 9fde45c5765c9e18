// Collects the results of a step and advances the position.

struct Result {
  const float *source; // replica 0
  int size;            // floats of one replica
  int stride;          // floats from one replica to the next
  int start;           // offset within the results of a step
  int unused;
};

// Packs one result of a step, replica by replica, with the given number of threads.
static __device__ __forceinline__ void collectResult(
    const Position *position, int step, const Result &result, int stepFloats, int replicas, int thread, int threads) {
  float *target = position->results + (long long)(position->step + step) * stepFloats + result.start;
  const int count = replicas * result.size;
  for (int i = thread; i < count; i += threads) {
    target[i] = result.source[(long long)(i / result.size) * result.stride + i % result.size];
  }
}

// Packs the results of a step, value by value. Grid (any, 1, number of results).
extern "C" __global__ void __launch_bounds__(256)
    collect(const Position *position, int step, const Result *results, int stepFloats, int replicas) {
  collectResult(position, step, results[blockIdx.z], stepFloats, replicas, blockIdx.x * blockDim.x + threadIdx.x,
                gridDim.x * blockDim.x);
}

extern "C" __global__ void __launch_bounds__(32) advance(Position *position, int steps) {
  if (threadIdx.x == 0) position->step += steps;
}
