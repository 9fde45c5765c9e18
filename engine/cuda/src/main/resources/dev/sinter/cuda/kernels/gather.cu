// x = source * scale + offset, y = labels, for the rows of one batch; -1 in the order means no sample.

#include "common.cu"

// Where a batch goes: x [B, I]; if not null, labels y [B, K], sample weights [B], and the number of samples [1].
struct Batch {
  DeviceValue x, y, weight, count;
};

// Two roundings, as on every backend: a fused multiply-add would differ in the last bit.
static __device__ __forceinline__ float scaled(float value, float scale, float offset) {
  return __fadd_rn(__fmul_rn(value, scale), offset);
}

// Row `row` of the batch [rows], by threads `lane` of `lanes`, at least a warp.
static __device__ __forceinline__ void gatherRow(
    const Position *position, int step, int replica, int rows, int row, const Batch &batch, int lane, int lanes) {
  const int inputs = batch.x.columns, labels = batch.y.columns;
  float *x = batch.x.of(replica) + (long long)row * inputs;
  float *y = batch.y.data == nullptr ? nullptr : batch.y.of(replica) + (long long)row * labels;
  float *weight = batch.weight.of(replica), *count = batch.count.of(replica);
  const int *order =
      position->order + (long long)replica * position->orderStride + (long long)(position->step + step) * rows;
  const long long source = order[row];
  if (weight != nullptr && lane == 0) {
    weight[row] = source < 0 ? 0.0f : position->weights == nullptr ? 1.0f : position->weights[source];
  }
  if (count != nullptr && row == 0 && lane < 32) {
    int samples = 0;
    for (int i = lane; i < rows; i += 32) samples += order[i] >= 0;
    const float all = groupSum<32>((float)samples);
    if (lane == 0) *count = fmaxf(all, 1.0f);
  }
  if (source < 0) {
    for (int i = lane; i < inputs; i += lanes) x[i] = 0;
    for (int i = lane; y != nullptr && i < labels; i += lanes) y[i] = 0;
    return;
  }
  const float scale = position->scale, offset = position->offset;
  if (!position->xIsBytes) {
    const float *from = (const float *)position->x + source * inputs;
    for (int i = lane; i < inputs; i += lanes) x[i] = scaled(from[i], scale, offset);
  } else {
    const byte *from = (const byte *)position->x + source * inputs;
    if (inputs % 4 == 0) { // each row starts at a multiple of 4 bytes
      for (int i = 4 * lane; i < inputs; i += 4 * lanes) {
        const uchar4 four = *(const uchar4 *)(from + i);
        *(float4 *)(x + i) = make_float4(scaled(four.x, scale, offset), scaled(four.y, scale, offset),
                                         scaled(four.z, scale, offset), scaled(four.w, scale, offset));
      }
    } else {
      for (int i = lane; i < inputs; i += lanes) x[i] = scaled(from[i], scale, offset);
    }
  }
  if (y != nullptr) {
    for (int i = lane; i < labels; i += lanes) {
      const long long at = source * labels + i;
      y[i] = position->yIsBytes ? (float)((const byte *)position->y)[at] : ((const float *)position->y)[at];
    }
  }
}
