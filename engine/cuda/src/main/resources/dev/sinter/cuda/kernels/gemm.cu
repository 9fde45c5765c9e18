// Products with float32 multiply-adds; gemm_tensor.cu has the products on tensor cores. Each thread holds TM x TN sums.

#include "tiles.cu"

// The places of the sums of a thread in one direction of a tile: COUNT per thread, ACROSS threads, in groups of WIDTH.
template <int COUNT, int ACROSS, int WIDTH>
struct Spread {
  static __device__ __forceinline__ int at(int thread, int i) {
    return i / WIDTH * (ACROSS * WIDTH) + thread * WIDTH + i % WIDTH;
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

// Keeps a number in a register. From a field of a struct, the compiler would compute the addresses that depend on it
// again after each asynchronous copy, with up to twice the registers.
static __device__ __forceinline__ int kept(int value) {
  asm("" : "+r"(value));
  return value;
}

extern "C" __global__ void __launch_bounds__(THREADS) gemm(const GemmArguments arguments) {
  GemmArguments g = arguments;
  if (TM * TN <= 32) { // with more sums, no registers are left for them
    g.m = kept(g.m);
    g.n = kept(g.n);
    g.k = kept(g.k);
  }
  const int ROW_THREADS = BM / TM, COLUMN_THREADS = BN / TN;
  static_assert(ROW_THREADS * COLUMN_THREADS == THREADS, "a thread for TM x TN sums");
  const int ROW_WIDTH = TM < 4 ? TM : 4;
  // Neighbours in a line of B; if B is transposed, threads take neighbouring lines.
  const int COLUMN_WIDTH = TRANSPOSE_B ? 1 : TN < 4 ? TN : 4;
  typedef Stage<BM, BK, THREADS, TRANSPOSE_A, VECTOR_A> A;
  typedef Stage<BN, BK, THREADS, !TRANSPOSE_B, VECTOR_B> B;
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
  pipeline<A, B>(
      g, g.a.of(replica), g.b.of(replica), firstRow, firstColumn, from, to,
      [&](float *aTile, float *bTile) {
#pragma unroll
        for (int depth = 0; depth < BK; depth += 4) {
          Fragment<A, TRANSPOSE_A, TM, ROW_WIDTH, Rows> aPart;
          Fragment<B, !TRANSPOSE_B, TN, COLUMN_WIDTH, Columns> bPart;
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
  finish<TM * TN, COLUMN_WIDTH>(
      g, replica, split, rowTile, firstColumn, sums, columnSum, [&](int group, int &row, int &column) {
        row = firstRow + Rows::at(y, group * COLUMN_WIDTH / TN);
        column = firstColumn + Columns::at(x, group * COLUMN_WIDTH % TN);
      });
}
