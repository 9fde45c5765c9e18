// What stands between the operations of a program: results are collected, the position moves on.

struct Result {
  const float *source; // replica 0
  int size;            // floats of one replica
  int stride;          // floats from one replica to the next
  int start;           // within the floats of a step
  int unused;
};

// Packs the results of a step: value by value, replica by replica. Grid (any, number of results).
extern "C" __global__ void __launch_bounds__(256)
    collect(const Position *position, int step, const Result *results, int stepFloats, int replicas) {
  const Result result = results[blockIdx.y];
  float *target = position->results + (long long)(position->step + step) * stepFloats + result.start;
  const int count = replicas * result.size;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
    target[i] = result.source[(long long)(i / result.size) * result.stride + i % result.size];
  }
}

extern "C" __global__ void advance(Position *position, int steps) {
  if (threadIdx.x == 0) position->step += steps;
}
