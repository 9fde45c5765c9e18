// C = epilogue(A' B'), A' [M, K], B' [K, N], row-major. TA: A is stored [K, M]; TB: B is stored [N, K].
//
// Grid (column tiles, row tiles, R * splits). With several splits each block sums a stretch of K into `partial`
// [R, splits, M, N]; the last block of a tile to arrive adds them up in order, so the bits do not depend on who is last.
// COLUMN_SUMS: the blocks of the first row tile also sum the columns of B' over K, into columnSums [R, N].

struct Gemm {
  const float *a, *b;
  float *c;
  int m, n, k;
  int aStride, bStride, cStride; // replicas
  int splits, perSplit;          // perSplit: a multiple of the tile's depth
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

// The C elements that a thread holds: rows row(i), columns column(j) of the tile.
template <int BM, int BN, int TM, int TN>
struct Threads {
  static const int COUNT = (BM / TM) * (BN / TN);
  static __device__ __forceinline__ int row(int i) { return (threadIdx.x / (BN / TN)) * TM + i; }
  static __device__ __forceinline__ int column(int j) { return threadIdx.x % (BN / TN) + j * (BN / TN); }
};

// Stages tiles of A' and B' through registers, so that the next ones are under way while these are multiplied.
template <int ROWS, int DEPTH, int COUNT, bool DEPTH_MAJOR>
struct Stage {
  static const int EACH = ROWS * DEPTH / COUNT;
  float values[EACH];

  // source [rows, depth] stored row by row, or [depth, rows] when DEPTH_MAJOR.
  __device__ __forceinline__ void load(const float *source, int firstRow, int rows, int firstDepth, int depthEnd, int depth) {
#pragma unroll
    for (int e = 0; e < EACH; e++) {
      const int index = threadIdx.x + e * COUNT;
      const int r = firstRow + (DEPTH_MAJOR ? index % ROWS : index / DEPTH);
      const int d = firstDepth + (DEPTH_MAJOR ? index / ROWS : index % DEPTH);
      const bool inside = r < rows && d < depthEnd;
      values[e] = inside ? source[DEPTH_MAJOR ? (long long)d * rows + r : (long long)r * depth + d] : 0.0f;
    }
  }

  __device__ __forceinline__ void store(float (*tile)[ROWS + 4]) const {
#pragma unroll
    for (int e = 0; e < EACH; e++) {
      const int index = threadIdx.x + e * COUNT;
      tile[DEPTH_MAJOR ? index / ROWS : index % DEPTH][DEPTH_MAJOR ? index % ROWS : index / DEPTH] = values[e];
    }
  }
};

// What follows the sums of a tile: splits are joined, then the epilogue. COUNT: elements a thread.
template <class Epilogue, bool COLUMN_SUMS, int BN, int COUNT, class Element>
static __device__ __forceinline__ void finish(
    const Gemm &g, int replica, int split, int rowTile, int firstColumn, float *sums, float columnSum,
    Element element) {
  const int tile = rowTile * gridDim.x + blockIdx.x;
  const bool sumsColumns = COLUMN_SUMS && rowTile == 0 && g.columnSums != nullptr;
  const int mine = firstColumn + threadIdx.x; // the column whose sum this thread has
  const bool hasColumn = sumsColumns && threadIdx.x < BN && mine < g.n;
  if (g.splits > 1) {
    const long long size = (long long)g.m * g.n;
    float *partial = g.partial + (long long)replica * g.splits * size;
    float *partialSums = g.partialSums + (long long)replica * g.splits * g.n;
#pragma unroll
    for (int e = 0; e < COUNT; e++) {
      int row, column;
      element(e, row, column);
      if (row < g.m && column < g.n) partial[split * size + (long long)row * g.n + column] = sums[e];
    }
    if (hasColumn) partialSums[(long long)split * g.n + mine] = columnSum;
    const int tiles = gridDim.x * ((g.m + Epilogue::ROWS - 1) / Epilogue::ROWS);
    if (!lastToArrive(g.counters + (long long)replica * tiles + tile, g.splits)) return;
#pragma unroll
    for (int e = 0; e < COUNT; e++) {
      int row, column;
      element(e, row, column);
      sums[e] = 0;
      if (row < g.m && column < g.n) {
        for (int s = 0; s < g.splits; s++) {
          sums[e] += ((volatile float *)partial)[s * size + (long long)row * g.n + column];
        }
      }
    }
    if (hasColumn) {
      columnSum = 0;
      for (int s = 0; s < g.splits; s++) columnSum += ((volatile float *)partialSums)[(long long)s * g.n + mine];
    }
  }
  float *c = g.c + (long long)replica * g.cStride;
#pragma unroll
  for (int e = 0; e < COUNT; e++) {
    int row, column;
    element(e, row, column);
    if (row < g.m && column < g.n) {
      c[(long long)row * g.n + column] = Epilogue::apply(g, replica, sums[e], row, column);
    }
  }
  if (hasColumn) g.columnSums[(long long)replica * g.columnSumsStride + mine] = columnSum;
}

// float32: each thread holds TM x TN sums.
template <int BM, int BN, int BK, int TM, int TN, bool TA, bool TB, bool COLUMN_SUMS, class Epilogue>
static __device__ __forceinline__ void gemm(const Gemm &g) {
  typedef Threads<BM, BN, TM, TN> T;
  __shared__ float aTile[BK][BM + 4];
  __shared__ float bTile[BK][BN + 4];
  const int replica = blockIdx.z / g.splits, split = blockIdx.z % g.splits;
  const int rowTile = g.firstRowTile + blockIdx.y;
  const int firstRow = rowTile * BM, firstColumn = blockIdx.x * BN;
  const float *a = g.a + (long long)replica * g.aStride;
  const float *b = g.b + (long long)replica * g.bStride;
  const int from = split * g.perSplit;
  const int to = from + g.perSplit < g.k ? from + g.perSplit : g.k;
  Stage<BM, BK, T::COUNT, TA> aStage;
  Stage<BN, BK, T::COUNT, !TB> bStage;
  float sums[TM * TN] = {};
  float columnSum = 0;
  aStage.load(a, firstRow, g.m, from, to, g.k);
  bStage.load(b, firstColumn, g.n, from, to, g.k);
  for (int depth = from; depth < to; depth += BK) {
    __syncthreads(); // the last tile may still be read
    aStage.store(aTile);
    bStage.store(bTile);
    __syncthreads();
    if (depth + BK < to) {
      aStage.load(a, firstRow, g.m, depth + BK, to, g.k);
      bStage.load(b, firstColumn, g.n, depth + BK, to, g.k);
    }
#pragma unroll
    for (int d = 0; d < BK; d++) {
      float aValues[TM], bValues[TN];
#pragma unroll
      for (int i = 0; i < TM; i++) aValues[i] = aTile[d][T::row(i)];
#pragma unroll
      for (int j = 0; j < TN; j++) bValues[j] = bTile[d][T::column(j)];
#pragma unroll
      for (int i = 0; i < TM; i++) {
#pragma unroll
        for (int j = 0; j < TN; j++) sums[i * TN + j] = fmaf(aValues[i], bValues[j], sums[i * TN + j]);
      }
    }
    if (COLUMN_SUMS && rowTile == 0 && threadIdx.x < BN) {
      for (int d = 0; d < BK; d++) columnSum += bTile[d][threadIdx.x];
    }
  }
  finish<Epilogue, COLUMN_SUMS, BN, TM * TN>(g, replica, split, rowTile, firstColumn, sums, columnSum,
                                    [&](int e, int &row, int &column) {
                                      row = firstRow + T::row(e / TN);
                                      column = firstColumn + T::column(e % TN);
                                    });
}

#ifndef SINTER_HOST
static __device__ __forceinline__ unsigned sinter_to_tf32(float value) {
  unsigned result;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(result) : "f"(value));
  return result;
}
static __device__ __forceinline__ unsigned sinter_pack_bf16(float low, float high) {
  unsigned result;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(high), "f"(low));
  return result;
}
static __device__ __forceinline__ void sinter_mma_tf32(float *d, const unsigned *a, const unsigned *b) {
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
static __device__ __forceinline__ void sinter_mma_bf16(float *d, const unsigned *a, const unsigned *b) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#endif

// Tensor cores, tiles of 64 x 64: 4 warps, each 32 x 32 of it as 2 x 4 fragments of 16 x 8. Operands are rounded to
// tf32 or bf16 on their way into registers; sums are float32.
template <bool BF16, bool TA, bool TB, bool COLUMN_SUMS, class Epilogue>
static __device__ __forceinline__ void gemmTensor(const Gemm &g) {
  const int BM = 64, BN = 64, BK = 16, COUNT = 128;
  __shared__ float aTile[BK][BM + 4];
  __shared__ float bTile[BK][BN + 4];
  const int replica = blockIdx.z / g.splits, split = blockIdx.z % g.splits;
  const int rowTile = g.firstRowTile + blockIdx.y;
  const int firstRow = rowTile * BM, firstColumn = blockIdx.x * BN;
  const float *a = g.a + (long long)replica * g.aStride;
  const float *b = g.b + (long long)replica * g.bStride;
  const int from = split * g.perSplit;
  const int to = from + g.perSplit < g.k ? from + g.perSplit : g.k;
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int warpRow = warp / 2 * 32, warpColumn = warp % 2 * 32;
  const int group = lane / 4, member = lane % 4; // of a fragment's rows, or columns of B
  Stage<64, 16, COUNT, TA> aStage;
  Stage<64, 16, COUNT, !TB> bStage;
  float sums[32] = {}; // [2][4][4]
  float columnSum = 0;
  aStage.load(a, firstRow, g.m, from, to, g.k);
  bStage.load(b, firstColumn, g.n, from, to, g.k);
  for (int depth = from; depth < to; depth += BK) {
    __syncthreads();
    aStage.store(aTile);
    bStage.store(bTile);
    __syncthreads();
    if (depth + BK < to) {
      aStage.load(a, firstRow, g.m, depth + BK, to, g.k);
      bStage.load(b, firstColumn, g.n, depth + BK, to, g.k);
    }
#pragma unroll
    for (int d = 0; d < BK; d += BF16 ? 16 : 8) {
      unsigned aParts[2][4], bParts[4][2];
#pragma unroll
      for (int i = 0; i < 2; i++) {
        const int row = warpRow + 16 * i + group;
#pragma unroll
        for (int part = 0; part < 4; part++) {
          const int r = row + 8 * (part % 2);
          if (BF16) {
            const int c = d + 2 * member + 8 * (part / 2);
            aParts[i][part] = sinter_pack_bf16(aTile[c][r], aTile[c + 1][r]);
          } else {
            aParts[i][part] = sinter_to_tf32(aTile[d + member + 4 * (part / 2)][r]);
          }
        }
      }
#pragma unroll
      for (int j = 0; j < 4; j++) {
        const int column = warpColumn + 8 * j + group;
#pragma unroll
        for (int part = 0; part < 2; part++) {
          if (BF16) {
            const int c = d + 2 * member + 8 * part;
            bParts[j][part] = sinter_pack_bf16(bTile[c][column], bTile[c + 1][column]);
          } else {
            bParts[j][part] = sinter_to_tf32(bTile[d + member + 4 * part][column]);
          }
        }
      }
#pragma unroll
      for (int i = 0; i < 2; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
          float *sum = sums + (i * 4 + j) * 4;
          if (BF16) sinter_mma_bf16(sum, aParts[i], bParts[j]);
          else sinter_mma_tf32(sum, aParts[i], bParts[j]);
        }
      }
    }
    if (COLUMN_SUMS && rowTile == 0 && threadIdx.x < BN) {
      for (int d = 0; d < BK; d++) columnSum += bTile[d][threadIdx.x];
    }
  }
  finish<Epilogue, COLUMN_SUMS, 64, 32>(g, replica, split, rowTile, firstColumn, sums, columnSum,
                                    [&](int e, int &row, int &column) {
                                      const int i = e / 16, j = e / 4 % 4, part = e % 4;
                                      row = firstRow + warpRow + 16 * i + group + 8 * (part / 2);
                                      column = firstColumn + warpColumn + 8 * j + 2 * member + part % 2;
                                    });
}
