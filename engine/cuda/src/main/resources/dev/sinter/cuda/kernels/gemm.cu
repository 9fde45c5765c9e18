// C = epilogue(A' B'), A' [M, K], B' [K, N], row-major. TA: A is stored [K, M]; TB: B is stored [N, K].
//
// Grid (column tiles, row tiles, R * splits). With several splits each block sums a stretch of K into `partial`
// [R, splits, M, N]; the last block of a tile to arrive adds them up in order, so the bits do not depend on their order.
// COLUMN_SUMS: the blocks of the first row tile also sum the columns of B' over K, into columnSums [R, N].

struct Gemm {
  const float *a, *b;
  float *c;
  int m, n, k;
  int aStride, bStride, cStride; // replicas
  int splits, perSplit;          // perSplit: a multiple of the depth of a tile
  int firstRowTile;              // large products are launched in bands
  float *partial;
  float *partialSums; // [R, splits, N]
  unsigned *counters; // [R, tiles]
  const float *bias;  // [N], or null
  int biasStride;
  const float *output; // a [M, N] of the activation whose derivative is taken
  int outputStride;
  float *columnSums;
  int columnSumsStride;
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
template <class A, class B, int BK, int STAGES, class Multiply>
static __device__ __forceinline__ void pipeline(
    const Gemm &g, const float *a, const float *b, int firstRow, int firstColumn, int from, int to, Multiply multiply) {
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

// Finishes the sums of a tile: adds up the splits, then runs the epilogue. A thread has COUNT sums, in groups of WIDTH
// neighbours; place(group, row, column) returns the start of a group.
template <class Epilogue, bool COLUMN_SUMS, int BN, int COUNT, int WIDTH, class Place>
static __device__ __forceinline__ void finish(
    const Gemm &g, int replica, int split, int rowTile, int firstColumn, float *sums, float columnSum, Place place) {
  const int tile = rowTile * gridDim.x + blockIdx.x;
  const bool sumsColumns = COLUMN_SUMS && rowTile == 0 && g.columnSums != nullptr;
  const int mine = firstColumn + threadIdx.x; // the column of the sum in this thread
  const bool hasColumn = sumsColumns && threadIdx.x < BN && mine < g.n;
  const bool whole = g.n % WIDTH == 0; // a group is completely inside or outside, and aligned
  if (g.splits > 1) {
    const long long size = (long long)g.m * g.n;
    float *partial = g.partial + (long long)replica * g.splits * size;
    float *partialSums = g.partialSums + (long long)replica * g.splits * g.n;
#pragma unroll
    for (int e = 0; e < COUNT; e += WIDTH) {
      int row, column;
      place(e / WIDTH, row, column);
      float *to = partial + split * size + (long long)row * g.n + column;
      if (row < g.m && column < g.n) storeFloats<WIDTH>(to, sums + e, whole, g.n - column);
    }
    if (hasColumn) partialSums[(long long)split * g.n + mine] = columnSum;
    const int tiles = gridDim.x * ((g.m + Epilogue::ROWS - 1) / Epilogue::ROWS);
    if (!lastToArrive(g.counters + (long long)replica * tiles + tile, g.splits)) return;
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
  float *c = g.c + (long long)replica * g.cStride;
#pragma unroll
  for (int e = 0; e < COUNT; e += WIDTH) {
    int row, column;
    place(e / WIDTH, row, column);
    float *to = c + (long long)row * g.n + column;
    if (row < g.m && column < g.n) {
#pragma unroll
      for (int w = 0; w < WIDTH; w++) {
        if (whole || column + w < g.n) sums[e + w] = Epilogue::apply(g, replica, sums[e + w], row, column + w);
      }
      storeFloats<WIDTH>(to, sums + e, whole, g.n - column);
    }
  }
  if (hasColumn) g.columnSums[(long long)replica * g.columnSumsStride + mine] = columnSum;
}

// Products with float32 multiply-adds; gemm_tensor.cu has the products on tensor cores.

// The places of the sums of a thread in one direction of a tile: COUNT per thread, THREADS threads, in groups of WIDTH.
template <int COUNT, int THREADS, int WIDTH>
struct Spread {
  static __device__ __forceinline__ int at(int thread, int i) {
    return i / WIDTH * (THREADS * WIDTH) + thread * WIDTH + i % WIDTH;
  }
};

// Values of one operand for four depths, loaded four at a time along the contiguous direction.
template <class Tile, bool DEPTH_MAJOR, int COUNT, int WIDTH, class Spread>
struct Fragment {
  float values[4][COUNT];

  __device__ __forceinline__ void load(float *tile, int depth, int thread) {
    if (DEPTH_MAJOR) {
#pragma unroll
      for (int d = 0; d < 4; d++) {
#pragma unroll
        for (int i = 0; i < COUNT; i += WIDTH) {
          const float *from = Tile::at(tile, Spread::at(thread, i), depth + d);
          if (WIDTH == 4) {
            const float4 four = *(const float4 *)from;
            values[d][i] = four.x;
            values[d][i + 1 % WIDTH] = four.y;
            values[d][i + 2 % WIDTH] = four.z;
            values[d][i + 3 % WIDTH] = four.w;
          } else {
#pragma unroll
            for (int w = 0; w < WIDTH; w++) values[d][i + w] = from[w];
          }
        }
      }
    } else {
#pragma unroll
      for (int i = 0; i < COUNT; i++) {
        const float4 four = *(const float4 *)Tile::at(tile, Spread::at(thread, i), depth);
        values[0][i] = four.x;
        values[1][i] = four.y;
        values[2][i] = four.z;
        values[3][i] = four.w;
      }
    }
  }
};

// float32: each thread holds TM x TN sums. VA, VB: the stored lines of A and B are multiples of 4 floats.
template <int BM, int BN, int BK, int TM, int TN, int STAGES, bool TA, bool TB, bool VA, bool VB, bool COLUMN_SUMS,
          class Epilogue>
static __device__ __forceinline__ void gemm(const Gemm &g) {
  const int ROW_THREADS = BM / TM, COLUMN_THREADS = BN / TN, COUNT = ROW_THREADS * COLUMN_THREADS;
  const int ROW_WIDTH = TM < 4 ? TM : 4;
  const int COLUMN_WIDTH = TB ? 1 : TN < 4 ? TN : 4; // neighbours in a line of B; else threads take neighbouring lines
  typedef Stage<BM, BK, COUNT, TA, VA> A;
  typedef Stage<BN, BK, COUNT, !TB, VB> B;
  typedef Spread<TM, ROW_THREADS, ROW_WIDTH> Rows;
  typedef Spread<TN, COLUMN_THREADS, COLUMN_WIDTH> Columns;
  const int replica = blockIdx.z / g.splits, split = blockIdx.z % g.splits;
  const int rowTile = g.firstRowTile + blockIdx.y;
  const int firstRow = rowTile * BM, firstColumn = blockIdx.x * BN;
  const int from = split * g.perSplit;
  const int to = from + g.perSplit < g.k ? from + g.perSplit : g.k;
  const int y = threadIdx.x / COLUMN_THREADS, x = threadIdx.x % COLUMN_THREADS;
  float sums[TM * TN] = {};
  float columnSum = 0;
  pipeline<A, B, BK, STAGES>(
      g, g.a + (long long)replica * g.aStride, g.b + (long long)replica * g.bStride, firstRow, firstColumn, from, to,
      [&](float *aTile, float *bTile) {
#pragma unroll
        for (int depth = 0; depth < BK; depth += 4) {
          Fragment<A, TA, TM, ROW_WIDTH, Rows> aPart;
          Fragment<B, !TB, TN, COLUMN_WIDTH, Columns> bPart;
          aPart.load(aTile, depth, y);
          bPart.load(bTile, depth, x);
#pragma unroll
          for (int d = 0; d < 4; d++) {
#pragma unroll
            for (int i = 0; i < TM; i++) {
#pragma unroll
              for (int j = 0; j < TN; j++) {
                sums[i * TN + j] = fmaf(aPart.values[d][i], bPart.values[d][j], sums[i * TN + j]);
              }
            }
          }
        }
        if (COLUMN_SUMS && rowTile == 0 && threadIdx.x < BN) {
          for (int d = 0; d < BK; d++) columnSum += *B::at(bTile, threadIdx.x, d);
        }
      });
  finish<Epilogue, COLUMN_SUMS, BN, TM * TN, COLUMN_WIDTH>(
      g, replica, split, rowTile, firstColumn, sums, columnSum, [&](int group, int &row, int &column) {
        row = firstRow + Rows::at(y, group * COLUMN_WIDTH / TN);
        column = firstColumn + Columns::at(x, group * COLUMN_WIDTH % TN);
      });
}
