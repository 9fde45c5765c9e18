// What the products of gemm.cu and gemm_tensor.cu share: C = epilogue(A' B'), A' [M, K], B' [K, N], row-major.
// TRANSPOSE_A: A is stored [K, M]; TRANSPOSE_B: B is stored [N, K].
//
// Grid (column tiles, row tiles, R * splits). With several splits each block sums a stretch of K into `partial`
// [R, splits, M, N]; the last block of a tile to arrive adds them up in order, so the bits do not depend on their order.
// COLUMN_SUMS: the blocks of the first row tile also sum the columns of B' over K, into columnSums [R, N].

#include "common.cu"
#include "copies.cu"

// BM, BN, BK: the tile of a block of THREADS. STAGES: tiles in shared memory. TRANSPOSE_A, TRANSPOSE_B, COLUMN_SUMS.
// VECTOR_A, VECTOR_B: the stored lines of A and B are multiples of 4 floats. BIAS, DERIVATIVE: whether the epilogue has
// them. activation(z); derivative(a) from the output a of the activation. gemm.cu: TM, TN. gemm_tensor.cu: BF16.
#include "generated.cu"

struct GemmArguments {
  DeviceValue a, b, c;
  DeviceValue bias;       // [N], or null
  DeviceValue output;     // a [M, N] of the activation whose derivative is taken, or null
  DeviceValue columnSums; // [N], or null
  Workspace workspace;    // partial sums [R, splits, M, N], of columns [R, splits, N]; counters [R, tiles]
  int m, n, k;
  int splits, perSplit; // perSplit: a multiple of the depth of a tile
  int firstRowTile;     // large products are launched in bands
};

// A tile of an operand in shared memory: [ROWS, DEPTH] of a matrix stored row by row, [DEPTH, ROWS] when DEPTH_MAJOR.
// Lines are padded so that neighbouring lines begin in different banks. VECTOR: the lines of the matrix are multiples
// of 4 floats.
template <int ROWS, int DEPTH, int COUNT, bool DEPTH_MAJOR, bool VECTOR>
struct Stage {
  static const int LINES = DEPTH_MAJOR ? DEPTH : ROWS;
  static const int LENGTH = DEPTH_MAJOR ? ROWS : DEPTH;
  static const int PITCH = LENGTH + (DEPTH_MAJOR ? 8 : 4);
  static const int FLOATS = LINES * PITCH;

  static __device__ __forceinline__ float *at(float *tile, int row, int depth) {
    return tile + (DEPTH_MAJOR ? depth * PITCH + row : row * PITCH + depth);
  }

  // All threads of the block together; elements outside the matrix or the stretch of depths become 0.
  static __device__ __forceinline__ void load(
      float *tile, const float *source, int firstRow, int rows, int firstDepth, int depthEnd, int depths) {
    const int WIDTH = VECTOR ? 4 : 1, EACH = LENGTH / WIDTH, ITEMS = LINES * EACH;
#pragma unroll
    for (int i = 0; i < (ITEMS + COUNT - 1) / COUNT; i++) {
      const int item = threadIdx.x + i * COUNT;
      const int line = item / EACH, along = item % EACH * WIDTH;
      const int row = firstRow + (DEPTH_MAJOR ? along : line);
      const int depth = firstDepth + (DEPTH_MAJOR ? line : along);
      const bool inside = row < rows && depth < depthEnd;
      const long long from = DEPTH_MAJOR ? (long long)depth * rows + row : (long long)row * depths + depth;
      if (ITEMS % COUNT == 0 || item < ITEMS) {
        copyAsync<WIDTH>(tile + line * PITCH + along, source + (inside ? from : 0), inside);
      }
    }
  }
};

// Runs `multiply(a tile, b tile)` over the tiles of a stretch of K, and loads STAGES - 1 tiles ahead.
template <class A, class B, class Multiply>
static __device__ __forceinline__ void pipeline(
    const GemmArguments &g, const float *a, const float *b, int firstRow, int firstColumn, int from, int to,
    Multiply multiply) {
  __shared__ __align__(16) float aTiles[STAGES][A::FLOATS];
  __shared__ __align__(16) float bTiles[STAGES][B::FLOATS];
#pragma unroll
  for (int s = 0; s < STAGES - 1; s++) {
    const int depth = from + s * BK;
    if (depth < to) {
      A::load(aTiles[s], a, firstRow, g.m, depth, to, g.k);
      B::load(bTiles[s], b, firstColumn, g.n, depth, to, g.k);
    }
    commitCopies();
  }
  int stage = 0;
  for (int depth = from; depth < to; depth += BK) {
    awaitCopies<STAGES - 2>(); // the part of the tile of this thread has arrived
    __syncthreads();           // all parts have arrived, and no thread still reads the previous stage
    const int ahead = depth + (STAGES - 1) * BK, next = stage == 0 ? STAGES - 1 : stage - 1;
    if (ahead < to) {
      A::load(aTiles[next], a, firstRow, g.m, ahead, to, g.k);
      B::load(bTiles[next], b, firstColumn, g.n, ahead, to, g.k);
    }
    commitCopies();
    multiply(aTiles[stage], bTiles[stage]);
    stage = stage == STAGES - 1 ? 0 : stage + 1;
  }
}

// Adds or stores neighbouring floats of a row: all at once if rows are `whole` groups, else the first `inside`.
template <int WIDTH>
static __device__ __forceinline__ void addFloats(float *sums, const float *from, bool whole, int inside) {
  if (!whole) {
#pragma unroll
    for (int w = 0; w < WIDTH; w++) {
      if (w < inside) sums[w] += loadL2(from + w);
    }
  } else if (WIDTH == 4) {
    const float4 four = loadL2((const float4 *)from);
    sums[0] += four.x;
    sums[1 % WIDTH] += four.y;
    sums[2 % WIDTH] += four.z;
    sums[3 % WIDTH] += four.w;
  } else if (WIDTH == 2) {
    const float2 two = loadL2((const float2 *)from);
    sums[0] += two.x;
    sums[1 % WIDTH] += two.y;
  } else {
    sums[0] += loadL2(from);
  }
}

template <int WIDTH>
static __device__ __forceinline__ void storeFloats(float *to, const float *values, bool whole, int inside) {
  if (!whole) {
#pragma unroll
    for (int w = 0; w < WIDTH; w++) {
      if (w < inside) to[w] = values[w];
    }
  } else if (WIDTH == 4) *(float4 *)to = make_float4(values[0], values[1 % WIDTH], values[2 % WIDTH], values[3 % WIDTH]);
  else if (WIDTH == 2) *(float2 *)to = make_float2(values[0], values[1 % WIDTH]);
  else *to = values[0];
}

// From a sum to the element of C.
static __device__ __forceinline__ float epilogue(const GemmArguments &g, int replica, float sum, int row, int column) {
  if (BIAS) sum += g.bias.of(replica)[column];
  sum = activation(sum);
  if (DERIVATIVE) sum *= derivative(g.output.of(replica)[(long long)row * g.n + column]);
  return sum;
}

// Finishes the sums of a tile: adds up the splits, then runs the epilogue. A thread has COUNT sums, in groups of WIDTH
// neighbours; place(group, row, column) returns the start of a group.
template <int COUNT, int WIDTH, class Place>
static __device__ __forceinline__ void finish(
    const GemmArguments &g, int replica, int split, int rowTile, int firstColumn, float *sums, float columnSum,
    Place place) {
  const int tile = rowTile * gridDim.x + blockIdx.x;
  const bool sumsColumns = COLUMN_SUMS && rowTile == 0;
  const int mine = firstColumn + threadIdx.x; // the column of the sum in this thread
  const bool hasColumn = sumsColumns && threadIdx.x < BN && mine < g.n;
  const bool whole = g.n % WIDTH == 0; // a group is completely inside or outside, and aligned
  if (g.splits > 1) {
    const long long size = (long long)g.m * g.n;
    float *partial = g.workspace.partial + (long long)replica * g.splits * size;
    float *partialSums = g.workspace.partial + gridDim.z * size + (long long)replica * g.splits * g.n;
#pragma unroll
    for (int e = 0; e < COUNT; e += WIDTH) {
      int row, column;
      place(e / WIDTH, row, column);
      float *to = partial + split * size + (long long)row * g.n + column;
      if (row < g.m && column < g.n) storeFloats<WIDTH>(to, sums + e, whole, g.n - column);
    }
    if (hasColumn) partialSums[(long long)split * g.n + mine] = columnSum;
    const int tiles = gridDim.x * ((g.m + BM - 1) / BM);
    if (!lastToArrive(g.workspace.counters + (long long)replica * tiles + tile, g.splits)) return;
    // The sums of all splits, by any thread, are known now to all threads of this block.
#pragma unroll
    for (int e = 0; e < COUNT; e++) sums[e] = 0;
#pragma unroll (COUNT > 32 ? 2 : 4) // loads of several splits at a time
    for (int s = 0; s < g.splits; s++) {
#pragma unroll
      for (int e = 0; e < COUNT; e += WIDTH) {
        int row, column;
        place(e / WIDTH, row, column);
        const float *from = partial + s * size + (long long)row * g.n + column;
        if (row < g.m && column < g.n) addFloats<WIDTH>(sums + e, from, whole, g.n - column);
      }
    }
    if (hasColumn) {
      columnSum = 0;
      for (int s = 0; s < g.splits; s++) columnSum += loadL2(partialSums + (long long)s * g.n + mine);
    }
  }
  float *c = g.c.of(replica);
#pragma unroll
  for (int e = 0; e < COUNT; e += WIDTH) {
    int row, column;
    place(e / WIDTH, row, column);
    float *to = c + (long long)row * g.n + column;
    if (row < g.m && column < g.n) {
#pragma unroll
      for (int w = 0; w < WIDTH; w++) {
        if (whole || column + w < g.n) sums[e + w] = epilogue(g, replica, sums[e + w], row, column + w);
      }
      storeFloats<WIDTH>(to, sums + e, whole, g.n - column);
    }
  }
  if (hasColumn) g.columnSums.of(replica)[mine] = columnSum;
}
