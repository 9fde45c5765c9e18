// A block a row. Grid (B, 1, R).
extern "C" __global__ void __launch_bounds__(256) gather(
    const Position *position, int step, float *x, int inputs, int xStride, float *y, int labels, int yStride) {
  const int replica = blockIdx.z, row = blockIdx.x;
  x += (long long)replica * xStride + (long long)row * inputs;
  if (y != nullptr) y += (long long)replica * yStride + (long long)row * labels;
  gatherRow(position, step, replica, gridDim.x, row, x, inputs, y, labels, threadIdx.x, blockDim.x);
}
