// A narrow last layer, its loss and the gradient of its input in one: z = x W + b, loss and dz from z and y,
// dx = (dz W') * f'(x). A block takes a row at a time and keeps W [K, N] in registers, K / THREADS rows per thread.
// derivative(a): f'(a) from a = x.

#include "rows.cu"
#include "generated.cu" // K, N, THREADS, KIND, ACCURACY, derivative

struct DenseLossArguments {
  DeviceValue x, weights, bias, y, weight, count; // bias, weight and count may be null
  DeviceValue z, dz, dx, loss, correct;           // correct may be null
  int batch;
  Workspace workspace;
};

// Grid (blocks, 1, R).
extern "C" __global__ void __launch_bounds__(THREADS) denseLoss(const DenseLossArguments a) {
  const int EACH = (K + THREADS - 1) / THREADS, WARPS = THREADS / 32;
  __shared__ float parts[N][THREADS]; // the share of each thread in the z of the row
  __shared__ float zRow[N];
  __shared__ float dzRow[N];
  const int replica = blockIdx.z, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int labels = KIND == CrossEntropyKind::SOFTMAX_SPARSE ? 1 : N;
  const float *x = a.x.of(replica), *w = a.weights.of(replica), *bias = a.bias.of(replica), *y = a.y.of(replica);
  const float *weight = a.weight.of(replica);
  float *z = a.z.of(replica), *dz = a.dz.of(replica), *dx = a.dx.of(replica);
  const float divisor = divisorOf(a.count.of(replica), a.batch);
  float weights[EACH][N];
#pragma unroll
  for (int e = 0; e < EACH; e++) {
    const int k = threadIdx.x + e * THREADS;
#pragma unroll
    for (int n = 0; n < N; n++) weights[e][n] = k < K ? w[k * N + n] : 0.0f;
  }
  float lossSum = 0, correctSum = 0;
  for (int row = blockIdx.x; row < a.batch; row += gridDim.x) {
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
        if (bias != nullptr) sum += bias[n];
        zRow[n] = sum;
        z[row * N + n] = sum;
      }
    }
    __syncthreads();
    if (warp == 0) {
      const float *yRow = y + (long long)row * labels;
      const float rowWeight = weightOf(weight, row);
      lossSum += rowLoss<32, KIND>(zRow, yRow, dzRow, rowWeight, divisor, N);
      if (ACCURACY != Accuracy::NONE) correctSum += right<32, ACCURACY>(zRow, yRow, N, 0.0f) * rowWeight;
    }
    __syncthreads(); // dz is complete
    if (threadIdx.x < N) dz[row * N + threadIdx.x] = dzRow[threadIdx.x];
#pragma unroll
    for (int e = 0; e < EACH; e++) {
      const int k = threadIdx.x + e * THREADS;
      float sum = 0;
#pragma unroll
      for (int n = 0; n < N; n++) sum = fmaf(dzRow[n], weights[e][n], sum);
      if (k < K) dx[(long long)row * K + k] = sum * derivative(inputs[e]);
    }
  }
  gridLoss<KIND, ACCURACY>(lossSum, correctSum, a.loss, a.correct, N, a.workspace);
}
