// The products of gemm.cu on tensor cores, from Ampere on.

#include "tensor.cu"
#include "tiles.cu"

// Tensor cores, tiles of 64 x 64: 4 warps, each 32 x 32 of it as 2 x 4 fragments of 16 x 8. Operands are rounded to
// tf32 or bf16 on their way into registers; sums are float32.
extern "C" __global__ void __launch_bounds__(THREADS) gemmTensor(const GemmArguments g) {
  static_assert(BM == 64 && BN == 64 && BK == 16 && THREADS == 128, "the tile of the warps");
  typedef Stage<BM, BK, THREADS, TRANSPOSE_A, VECTOR_A> A;
  typedef Stage<BN, BK, THREADS, !TRANSPOSE_B, VECTOR_B> B;
  const int replica = blockIdx.z / g.splits, split = blockIdx.z % g.splits;
  const int rowTile = g.firstRowTile + blockIdx.y;
  const int firstRow = rowTile * BM, firstColumn = blockIdx.x * BN;
  const int from = split * g.perSplit;
  const int to = from + g.perSplit < g.k ? from + g.perSplit : g.k;
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int warpRow = warp / 2 * 32, warpColumn = warp % 2 * 32;
  const int group = lane / 4, member = lane % 4; // of the rows of a fragment, or columns of B
  float sums[32] = {};                           // [2][4][4]
  float columnSum = 0;
  pipeline<A, B>(
      g, g.a.of(replica), g.b.of(replica), firstRow, firstColumn, from, to,
      [&](float *aTile, float *bTile) {
#pragma unroll
        for (int d = 0; d < BK; d += BF16 ? 16 : 8) {
          unsigned aParts[2][4], bParts[4][2];
#pragma unroll
          for (int i = 0; i < 2; i++) {
#pragma unroll
            for (int part = 0; part < 4; part++) {
              const int row = warpRow + 16 * i + group + 8 * (part % 2);
              if (BF16) {
                const int depth = d + 2 * member + 8 * (part / 2);
                aParts[i][part] = sinter_pack_bf16(*A::at(aTile, row, depth), *A::at(aTile, row, depth + 1));
              } else {
                aParts[i][part] = sinter_to_tf32(*A::at(aTile, row, d + member + 4 * (part / 2)));
              }
            }
          }
#pragma unroll
          for (int j = 0; j < 4; j++) {
            const int column = warpColumn + 8 * j + group;
#pragma unroll
            for (int part = 0; part < 2; part++) {
              if (BF16) {
                const int depth = d + 2 * member + 8 * part;
                bParts[j][part] = sinter_pack_bf16(*B::at(bTile, column, depth), *B::at(bTile, column, depth + 1));
              } else {
                bParts[j][part] = sinter_to_tf32(*B::at(bTile, column, d + member + 4 * part));
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
          for (int d = 0; d < BK; d++) columnSum += *B::at(bTile, threadIdx.x, d);
        }
      });
  finish<32, 2>(
      g, replica, split, rowTile, firstColumn, sums, columnSum, [&](int pair, int &row, int &column) {
        const int i = pair / 8, j = pair / 2 % 4;
        row = firstRow + warpRow + 16 * i + group + 8 * (pair % 2);
        column = firstColumn + warpColumn + 8 * j + 2 * member;
      });
}
