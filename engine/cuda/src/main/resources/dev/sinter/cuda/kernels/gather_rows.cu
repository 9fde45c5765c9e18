#include "gather.cu"

struct GatherArguments {
  const Position *position;
  int step;
  Batch batch;
};

// One block per row. Grid (B, 1, R).
extern "C" __global__ void __launch_bounds__(256) gather(const GatherArguments a) {
  gatherRow(a.position, a.step, blockIdx.z, gridDim.x, blockIdx.x, a.batch, threadIdx.x, blockDim.x);
}
