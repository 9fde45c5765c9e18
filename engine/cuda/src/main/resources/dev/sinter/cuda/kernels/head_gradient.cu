// The gradient of the weights of a narrow layer for a small batch, as part of a larger launch: too little work for a
// separate one.

// dw [ROWS, units], rows first, first + 1, ... of x' dz, x [batch, inputs], dz [batch, units], up to UNITS units; x null
// means 1 and one row: the gradient of the bias. 256 threads: a warp takes every eighth row of the batch.
template <int ROWS, int UNITS>
static __device__ __forceinline__ void headGradient(
    const float *x, const float *dz, float *dw, int first, int inputs, int units, int batch) {
  const int WARPS = 8, EACH = UNITS / 4;
  static_assert(ROWS == 8 && UNITS % 4 == 0, "four lanes a row");
  __shared__ float shared[WARPS][ROWS][UNITS];
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
  for (int i = threadIdx.x; i < ROWS * units; i += blockDim.x) {
    const int r = i / units, unit = i % units;
    float sum = 0;
#pragma unroll
    for (int w = 0; w < WARPS; w++) sum += shared[w][r][unit];
    if (x == nullptr ? r == 0 : first + r < inputs) dw[(long long)(first + r) * units + unit] = sum;
  }
}
