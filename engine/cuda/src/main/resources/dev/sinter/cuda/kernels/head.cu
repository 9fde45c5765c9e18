// A narrow last layer, its loss and the gradient of its input in one: z = x W + b, loss and dz from z and y,
// dx = (dz W') * f'(x). A block takes a row at a time and keeps W [K, N] in registers, K / THREADS rows per thread.
// Grid (blocks, 1, R), blocks of THREADS. DERIVATIVE: f'(a) from a = x.

template <int K, int N, int THREADS, int KIND, int ACCURACY, class Derivative>
static __device__ __forceinline__ void head(
    const float *x, int xStride, const float *w, int wStride, const float *bias, int biasStride, const float *y,
    int yStride, const float *weight, int weightStride, const float *count, int countStride, float *z, int zStride,
    float *dz, int dzStride, float *dx, int dxStride, float *loss, int lossStride, float *correct, int correctStride,
    int batch, float *partial, unsigned *counters) {
  const int EACH = (K + THREADS - 1) / THREADS, WARPS = THREADS / 32;
  __shared__ float parts[N][THREADS]; // the share of each thread in the z of the row
  __shared__ float zRow[N];
  __shared__ float dzRow[N];
  const int replica = blockIdx.z, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int labels = KIND == 0 ? 1 : N;
  x += (long long)replica * xStride;
  w += (long long)replica * wStride;
  y += (long long)replica * yStride;
  z += (long long)replica * zStride;
  dz += (long long)replica * dzStride;
  dx += (long long)replica * dxStride;
  if (weight != nullptr) weight += (long long)replica * weightStride;
  if (count != nullptr) count += (long long)replica * countStride;
  const float divisor = divisorOf(count, batch);
  float weights[EACH][N];
#pragma unroll
  for (int e = 0; e < EACH; e++) {
    const int k = threadIdx.x + e * THREADS;
#pragma unroll
    for (int n = 0; n < N; n++) weights[e][n] = k < K ? w[k * N + n] : 0.0f;
  }
  float lossSum = 0, correctSum = 0;
  for (int row = blockIdx.x; row < batch; row += gridDim.x) {
    float inputs[EACH], products[N] = {};
#pragma unroll
    for (int e = 0; e < EACH; e++) {
      const int k = threadIdx.x + e * THREADS;
      inputs[e] = k < K ? x[(long long)row * K + k] : 0.0f;
#pragma unroll
      for (int n = 0; n < N; n++) products[n] = fmaf(inputs[e], weights[e][n], products[n]);
    }
#pragma unroll
    for (int n = 0; n < N; n++) parts[n][threadIdx.x] = products[n];
    __syncthreads();
    for (int n = warp; n < N; n += WARPS) {
      float sum = 0;
#pragma unroll
      for (int other = 0; other < WARPS; other++) sum += parts[n][other * 32 + lane];
      sum = groupSum<32>(sum);
      if (lane == 0) {
        if (bias != nullptr) sum += bias[(long long)replica * biasStride + n];
        zRow[n] = sum;
        z[row * N + n] = sum;
      }
    }
    __syncthreads();
    if (warp == 0) {
      const float *yRow = y + (long long)row * labels;
      const float rowWeight = weightOf(weight, row);
      lossSum += rowLoss<32, KIND>(zRow, yRow, dzRow, rowWeight, divisor, N);
      if (ACCURACY >= 0) correctSum += right<32, ACCURACY < 0 ? 0 : ACCURACY>(zRow, yRow, N, 0.0f) * rowWeight;
    }
    __syncthreads(); // dz is complete
    if (threadIdx.x < N) dz[row * N + threadIdx.x] = dzRow[threadIdx.x];
#pragma unroll
    for (int e = 0; e < EACH; e++) {
      const int k = threadIdx.x + e * THREADS;
      float sum = 0;
#pragma unroll
      for (int n = 0; n < N; n++) sum = fmaf(dzRow[n], weights[e][n], sum);
      if (k < K) dx[(long long)row * K + k] = sum * Derivative::at(inputs[e]);
    }
  }
  gridLoss<KIND, ACCURACY>(lossSum, correctSum, loss, lossStride, correct, correctStride, N, partial, counters);
}
