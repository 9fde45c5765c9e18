// Operations of a whole program by one block: sizes are known when it is compiled, operands may be in shared memory.
// Between two operations the caller puts a barrier.

static __device__ __forceinline__ void blockCopy(float *target, const float *source, int count) { // a multiple of 4
  for (int i = 4 * threadIdx.x; i < count; i += 4 * blockDim.x) *(float4 *)(target + i) = *(const float4 *)(source + i);
}

// x [B, I], y [B, K]: a warp a row.
static __device__ __forceinline__ void blockGather(
    const Position *position, int step, int batch, float *x, int inputs, float *y, int labels) {
  for (int row = threadIdx.x / 32; row < batch; row += blockDim.x / 32) {
    gatherRow(position, step, 0, batch, row, x + (long long)row * inputs, inputs,
              y == nullptr ? nullptr : y + (long long)row * labels, labels, threadIdx.x % 32, 32);
  }
}

// epilogue(row, column, sum over K of x [M, K] w [K, N]); each thread has ROWS rows of a column at a time.
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

// dw [I, N] = x' dz, x [B, I], dz [B, N]; each thread has four rows of a column at a time.
template <int B, int I, int N>
static __device__ __forceinline__ void blockGradWeights(const float *x, const float *dz, float *dw) {
  const int groups = (I + 3) / 4;
  for (int item = threadIdx.x; item < groups * N; item += blockDim.x) {
    const int column = item % N, first = item / N * 4;
    float sums[4] = {};
    for (int b = 0; b < B; b++) {
      const float d = dz[b * N + column];
      if (I % 4 == 0) {
        const float4 four = *(const float4 *)(x + b * I + first);
        sums[0] = fmaf(four.x, d, sums[0]);
        sums[1] = fmaf(four.y, d, sums[1]);
        sums[2] = fmaf(four.z, d, sums[2]);
        sums[3] = fmaf(four.w, d, sums[3]);
      } else {
#pragma unroll
        for (int i = 0; i < 4; i++) sums[i] = fmaf(x[b * I + (first + i < I ? first + i : I - 1)], d, sums[i]);
      }
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (first + i < I) dw[(first + i) * N + column] = sums[i];
    }
  }
}

// sums [N] of the columns of dz [B, N].
template <int B, int N>
static __device__ __forceinline__ void blockColumnSums(const float *dz, float *sums) {
  for (int column = threadIdx.x; column < N; column += blockDim.x) {
    float sum = 0;
    for (int b = 0; b < B; b++) sum += dz[b * N + column];
    sums[column] = sum;
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
