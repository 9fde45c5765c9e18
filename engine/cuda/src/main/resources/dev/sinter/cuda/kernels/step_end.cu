// The end of a step and the beginning of the next: the optimizer, the results, and the rows of the next batch. They are
// independent. The gradient of a head, the narrow last layer, is too little work for a launch of its own if the batch
// is small: it comes with its update.

#include "flow.cu"
#include "gather.cu"
#include "optimizer.cu" // its generated.cu adds HEAD_ROWS, HEAD_UNITS

// dw [HEAD_ROWS, units], rows first, first + 1, ... of x' dz, x [batch, inputs], dz [batch, units], up to HEAD_UNITS
// units; x null means 1 and one row: the gradient of the bias. 256 threads: a warp takes every eighth row of the batch.
static __device__ __forceinline__ void headGradient(
    const float *x, const float *dz, float *dw, int first, int inputs, int units, int batch) {
  const int WARPS = 8, EACH = HEAD_UNITS / 4;
  static_assert(HEAD_ROWS == 8 && HEAD_UNITS % 4 == 0, "four lanes a row");
  __shared__ float shared[WARPS][HEAD_ROWS][HEAD_UNITS];
  const int warp = threadIdx.x / 32, row = threadIdx.x % 32 / 4, part = threadIdx.x % 4;
  const bool inside = x == nullptr ? row == 0 : first + row < inputs;
  float sums[EACH] = {};
#pragma unroll 4
  for (int b = warp; b < batch; b += WARPS) {
    const float value = !inside ? 0.0f : x == nullptr ? 1.0f : x[(long long)b * inputs + first + row];
#pragma unroll
    for (int e = 0; e < EACH; e++) {
      const int unit = part + 4 * e;
      if (unit < units) sums[e] = fmaf(value, dz[b * units + unit], sums[e]);
    }
  }
#pragma unroll
  for (int e = 0; e < EACH; e++) shared[warp][row][part + 4 * e] = sums[e];
  __syncthreads();
  for (int i = threadIdx.x; i < HEAD_ROWS * units; i += blockDim.x) {
    const int r = i / units, unit = i % units;
    float sum = 0;
#pragma unroll
    for (int w = 0; w < WARPS; w++) sum += shared[w][r][unit];
    if (x == nullptr ? r == 0 : first + r < inputs) dw[(long long)(first + r) * units + unit] = sum;
  }
}

struct StepEndArguments {
  const Position *position;
  int step;
  int batch;
  int gathered; // rows of the next batch: all, or 0 in the last step of a graph
  Batch next;
  const Result *results;
  int resultCount;
  int stepFloats;
  float *state;
  int region;     // floats
  int headBlocks; // 0 if there is no head
  DeviceValue headX, headDz;
  int headStart, headBias, headEnd; // of the weights of the head, its bias and the rest, within the parameters
};

// Grid: one block per row gathers, the next block collects the results, headBlocks blocks compute the gradient of the
// head and update its parameters, the last of them its bias, and the others update the rest.
extern "C" __global__ void __launch_bounds__(256) stepEnd(const StepEndArguments a) {
  const int block = (int)blockIdx.x - a.gathered - 1, set = a.position->step + a.step;
  if (block < -1) {
    gatherRow(a.position, a.step + 1, 0, a.batch, blockIdx.x, a.next, threadIdx.x, blockDim.x);
  } else if (block == -1) {
    for (int i = 0; i < a.resultCount; i++) {
      collectResult(a.position, a.step, a.results[i], a.stepFloats, 1, threadIdx.x, blockDim.x);
    }
  } else if (block < a.headBlocks) {
    const bool bias = block == a.headBlocks - 1;
    const int units = a.headDz.columns, first = bias ? 0 : block * HEAD_ROWS;
    const int from = bias ? a.headBias : a.headStart + first * units, most = HEAD_ROWS * units;
    const int left = (bias ? a.headEnd : a.headBias) - from;
    headGradient(bias ? nullptr : a.headX.data, a.headDz.data, a.state + a.region + (bias ? a.headBias : a.headStart),
                 first, a.headX.columns, units, a.batch);
    __syncthreads();
    updateState(a.position, set, a.state + from, a.region, bias || left < most ? left : most, threadIdx.x, blockDim.x);
  } else {
    const int thread = (block - a.headBlocks) * blockDim.x + threadIdx.x;
    const int threads = (gridDim.x - a.gathered - 1 - a.headBlocks) * blockDim.x;
    updateState(a.position, set, a.state, a.region, a.headStart, thread, threads);
    updateState(a.position, set, a.state + a.headEnd, a.region, a.region - a.headEnd, thread, threads);
  }
}
