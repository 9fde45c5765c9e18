// Operations of a whole program by one block: sizes are compile-time constants, operands may be in shared memory. The
// caller puts a barrier between two operations.

#include "gather.cu"
#include "rows.cu"

static __device__ __forceinline__ void blockCopy(float *target, const float *source, int count) { // a multiple of 4
  for (int i = 4 * threadIdx.x; i < count; i += 4 * blockDim.x) *(float4 *)(target + i) = *(const float4 *)(source + i);
}

// One warp per row of the batch.
static __device__ __forceinline__ void blockGather(const Position *position, int step, int rows, const Batch &batch) {
  for (int row = threadIdx.x / 32; row < rows; row += blockDim.x / 32) {
    gatherRow(position, step, 0, rows, row, batch, threadIdx.x % 32, 32);
  }
}

// epilogue(row, column, sum over K of x [M, K] w [K, N]); each thread computes ROWS rows of a column at a time.
template <int M, int N, int K, int ROWS, class Epilogue>
static __device__ __forceinline__ void blockDense(const float *x, const float *w, Epilogue epilogue) {
  const int groups = (M + ROWS - 1) / ROWS;
  for (int item = threadIdx.x; item < groups * N; item += blockDim.x) {
    const int column = item % N, first = item / N * ROWS;
    const float *rows[ROWS];
    float sums[ROWS] = {};
#pragma unroll
    for (int i = 0; i < ROWS; i++) rows[i] = x + (first + i < M ? first + i : M - 1) * K;
    if (K % 4 == 0) {
      for (int k = 0; k < K; k += 4) {
        const float w0 = w[k * N + column], w1 = w[(k + 1) * N + column];
        const float w2 = w[(k + 2) * N + column], w3 = w[(k + 3) * N + column];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          const float4 four = *(const float4 *)(rows[i] + k);
          sums[i] = fmaf(four.w, w3, fmaf(four.z, w2, fmaf(four.y, w1, fmaf(four.x, w0, sums[i]))));
        }
      }
    } else {
      for (int k = 0; k < K; k++) {
        const float weight = w[k * N + column];
#pragma unroll
        for (int i = 0; i < ROWS; i++) sums[i] = fmaf(rows[i][k], weight, sums[i]);
      }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      if (first + i < M) epilogue(first + i, column, sums[i]);
    }
  }
}

// The same for long sums: SPLIT neighbouring lanes share ROWS rows of COLUMNS columns, and take turns along K, four at a
// time. M is a multiple of ROWS, N of COLUMNS, K of 4.
template <int M, int N, int K, int ROWS, int COLUMNS, int SPLIT, class Epilogue>
static __device__ __forceinline__ void blockDenseSplit(const float *x, const float *w, Epilogue epilogue) {
  const int across = N / COLUMNS, items = M / ROWS * across * SPLIT; // a multiple of 32, so whole warps work
  static_assert(items % 32 == 0 && M % ROWS == 0 && N % COLUMNS == 0 && K % 4 == 0, "whole warps and whole tiles");
  for (int item = threadIdx.x; item < items; item += blockDim.x) {
    const int part = item % SPLIT, tile = item / SPLIT;
    const int first = tile / across * ROWS, column = tile % across * COLUMNS;
    float sums[ROWS][COLUMNS] = {};
    for (int k = 4 * part; k < K; k += 4 * SPLIT) {
      float4 inputs[ROWS];
#pragma unroll
      for (int i = 0; i < ROWS; i++) inputs[i] = *(const float4 *)(x + (first + i) * K + k);
#pragma unroll
      for (int j = 0; j < COLUMNS; j++) {
        const float *from = w + k * N + column + j;
        const float w0 = from[0], w1 = from[N], w2 = from[2 * N], w3 = from[3 * N];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          sums[i][j] = fmaf(inputs[i].w, w3, fmaf(inputs[i].z, w2, fmaf(inputs[i].y, w1, fmaf(inputs[i].x, w0, sums[i][j]))));
        }
      }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
      for (int j = 0; j < COLUMNS; j++) {
        const float sum = groupSum<SPLIT>(sums[i][j]);
        if ((i * COLUMNS + j) % SPLIT == part) epilogue(first + i, column + j, sum);
      }
    }
  }
}

// dw [I, N] = x' dz, x [B, I], dz [B, N]; each thread computes four rows of COLUMNS columns at a time.
template <int B, int I, int N, int COLUMNS>
static __device__ __forceinline__ void blockGradWeights(const float *x, const float *dz, float *dw) {
  const int groups = (I + 3) / 4, across = N / COLUMNS;
  static_assert(N % COLUMNS == 0, "whole tiles");
  for (int item = threadIdx.x; item < groups * across; item += blockDim.x) {
    const int column = item % across * COLUMNS, first = item / across * 4;
    float sums[4][COLUMNS] = {};
    for (int b = 0; b < B; b++) {
      float inputs[4];
      if (I % 4 == 0) {
        const float4 four = *(const float4 *)(x + b * I + first);
        inputs[0] = four.x;
        inputs[1] = four.y;
        inputs[2] = four.z;
        inputs[3] = four.w;
      } else {
#pragma unroll
        for (int i = 0; i < 4; i++) inputs[i] = x[b * I + (first + i < I ? first + i : I - 1)];
      }
#pragma unroll
      for (int j = 0; j < COLUMNS; j++) {
        const float d = dz[b * N + column + j];
#pragma unroll
        for (int i = 0; i < 4; i++) sums[i][j] = fmaf(inputs[i], d, sums[i][j]);
      }
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
      for (int j = 0; j < COLUMNS; j++) {
        if (first + i < I) dw[(first + i) * N + column + j] = sums[i][j];
      }
    }
  }
}

// sums [N] of the columns of dz [B, N]: one warp per column.
template <int B, int N>
static __device__ __forceinline__ void blockColumnSums(const float *dz, float *sums) {
  for (int column = threadIdx.x / 32; column < N; column += blockDim.x / 32) {
    float sum = 0;
    for (int b = threadIdx.x % 32; b < B; b += 32) sum += dz[b * N + column];
    sum = groupSum<32>(sum);
    if (threadIdx.x % 32 == 0) sums[column] = sum;
  }
}

// epilogue(row, i, sum over N of dz [B, N] w' [N, I]).
template <int B, int I, int N, class Epilogue>
static __device__ __forceinline__ void blockGradInput(const float *dz, const float *w, Epilogue epilogue) {
  for (int item = threadIdx.x; item < B * I; item += blockDim.x) {
    const int row = item / I, i = item % I;
    float sum = 0;
    for (int column = 0; column < N; column++) sum = fmaf(dz[row * N + column], w[i * N + column], sum);
    epilogue(row, i, sum);
  }
}
