#include "optimizer.cu"

struct UpdateArguments {
  const Position *position;
  int step;
  int region; // floats
  float *state;
  int stride; // floats from one replica to the next
  int length;
};

// Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) update(const UpdateArguments a) {
  updateState(a.position, (a.position->step + a.step) * (int)gridDim.z + (int)blockIdx.z,
              a.state + (long long)blockIdx.z * a.stride, a.region, a.length, blockIdx.x * blockDim.x + threadIdx.x,
              gridDim.x * blockDim.x);
}
