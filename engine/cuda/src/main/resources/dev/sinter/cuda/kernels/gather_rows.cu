// One block per row. Grid (B, 1, R).
extern "C" __global__ void __launch_bounds__(256) gather(
    const Position *position, int step, float *x, int xStride, int inputs, float *y, int yStride, int labels,
    float *weight, int weightStride, float *count, int countStride) {
  const int replica = blockIdx.z, row = blockIdx.x;
  x += (long long)replica * xStride + (long long)row * inputs;
  if (y != nullptr) y += (long long)replica * yStride + (long long)row * labels;
  if (weight != nullptr) weight += (long long)replica * weightStride;
  if (count != nullptr) count += (long long)replica * countStride;
  gatherRow(position, step, replica, gridDim.x, row, x, inputs, y, labels, weight, count, threadIdx.x, blockDim.x);
}
