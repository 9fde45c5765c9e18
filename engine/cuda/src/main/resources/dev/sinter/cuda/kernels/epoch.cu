// Many training steps of a network with one hidden layer by one cooperative kernel: each block owns SLICE hidden
// units for the whole launch. Their weights and the state of the optimizer stay in shared memory.
//
// A step: (a) the values of the block's hidden units for the whole batch, and their share of the outputs' logits;
// barrier of the grid; (b) each block takes some rows: it adds up the shares of all blocks in order, and computes loss
// and dz; barrier; (c) each block computes the gradient of its own weights and updates them. Copies of the next batch
// run meanwhile. All sums have a fixed order, so the same inputs give the same bits.
//
// Grid (BLOCKS, 1, replicas of this launch): each replica has its own blocks and its own barrier. N holds the sizes
// (see EpochKernel.java):
//   REPLICAS, BATCH, INPUTS, HIDDEN, OUTPUTS, LABELS; BLOCKS, THREADS; SLICE: hidden units of a block; TILE: of
//   them, those that a thread computes at a time: 1, 2 or 4; ROWS: rows of the batch that a warp computes at a time;
//   SPLIT: lanes that share a gradient: 1, 2 or 4; RING: rows of bytes in shared memory, 0 for none;
//   KIND, ACCURACY; WEIGHTED: whether samples have weights; REGION: floats of the parameters, and
//   of each other region of the state; W1, B1, W2, B2 and W1_STRIDE, ...: offsets and replica strides in a region;
//   LOSS, CORRECT: offsets in the results of a step, RESULTS: their number; PRODUCTS: a Precision.
// Hidden: forward(z), derivative(a). Rule: SLOTS, SCALARS, apply(scalars, v) with v = parameter, gradient, slots.

#include "copies.cu"
#include "gather.cu"
#include "rows.cu"
#include "tensor.cu"

struct EpochArguments {
  const Position *run;
  float *state;       // regions of REGION floats: parameters, gradients, slots
  float *shares;      // [replicas of a launch, BATCH, BLOCKS, OUTPUTS] of the logits
  float *rows;        // [replicas of a launch, BATCH, OUTPUTS + 2]: dz, loss and correct predictions of each row
  unsigned *arrivals; // [R], 0 at the launch
  int first, steps;   // of the run
  int firstReplica;   // of this launch
};

// Four neighbouring inputs of a row.
static __device__ __forceinline__ float4 quad(const byte *from) {
  const uchar4 four = *(const uchar4 *)from;
  return make_float4(four.x, four.y, four.z, four.w);
}
static __device__ __forceinline__ float4 quad(const float *from) { return *(const float4 *)from; }
static __device__ __forceinline__ float part(const float4 &four, int q) {
  return q == 0 ? four.x : q == 1 ? four.y : q == 2 ? four.z : four.w;
}

// COUNT neighbouring floats of shared memory: 1, 2 or 4.
template <int COUNT>
static __device__ __forceinline__ void loadFew(float *values, const float *from) {
  if constexpr (COUNT == 4) {
    const float4 four = *(const float4 *)from;
    values[0] = four.x;
    values[1] = four.y;
    values[2] = four.z;
    values[3] = four.w;
  } else if constexpr (COUNT == 2) {
    const float2 two = *(const float2 *)from;
    values[0] = two.x;
    values[1] = two.y;
  } else {
    values[0] = from[0];
  }
}
template <int COUNT>
static __device__ __forceinline__ void storeFew(float *to, const float *values) {
  if constexpr (COUNT == 4) *(float4 *)to = make_float4(values[0], values[1], values[2], values[3]);
  else if constexpr (COUNT == 2) *(float2 *)to = make_float2(values[0], values[1]);
  else to[0] = values[0];
}

// Adds up COUNT values over LANES neighbouring lanes; each lane gets some of the sums, from `first` on.
template <int COUNT, int LANES>
struct LaneSums {
  static const int HALF = (COUNT + 1) / 2;
  static __device__ __forceinline__ void add(float *values, int lane, int &first, int &count) {
    const bool upper = (lane & (LANES / 2)) != 0;
#pragma unroll
    for (int i = 0; i < HALF; i++) {
      const float low = values[i], high = HALF + i < COUNT ? values[HALF + i < COUNT ? HALF + i : 0] : 0.0f;
      values[i] = (upper ? high : low) + __shfl_xor_sync(ALL_LANES, upper ? low : high, LANES / 2, 32);
    }
    first += upper ? HALF : 0;
    count = upper ? (count > HALF ? count - HALF : 0) : (count < HALF ? count : HALF);
    LaneSums<HALF, LANES / 2>::add(values, lane, first, count);
  }
};
template <int COUNT>
struct LaneSums<COUNT, 1> {
  static __device__ __forceinline__ void add(float *, int, int &, int &) {}
};

// Four inputs of a row in global memory, from 4 word on: 0 past its end. `each` makes a float of an input.
template <int INPUTS, class T, class Each>
static __device__ __forceinline__ float4 quadOf(const T *row, int word, Each each) {
  if constexpr (INPUTS % 4 == 0) {
    const float4 four = quad(row + 4 * word);
    return make_float4(each(four.x), each(four.y), each(four.z), each(four.w));
  }
  const int last = INPUTS - 1, at = 4 * word;
  return make_float4(each(row[at]), at + 1 <= last ? each(row[at + 1 <= last ? at + 1 : last]) : 0.0f,
                     at + 2 <= last ? each(row[at + 2 <= last ? at + 2 : last]) : 0.0f,
                     at + 3 <= last ? each(row[at + 3 <= last ? at + 3 : last]) : 0.0f);
}

// The rows of the batch in the ring of shared memory.
template <class N>
struct StagedRows {
  const byte *ring;
  int start; // of row 0
  float scale, offset;
  __device__ __forceinline__ float4 at(int row, int, int word) const {
    const int place = start + row;
    return quad(ring + ((place < N::RING ? place : place - N::RING) * ((N::INPUTS + 3) / 4) + word) * 4);
  }
};

// Rows of bytes in the dataset; their scale and offset are applied to sums.
template <class N>
struct ByteRows {
  const byte *x;
  float scale, offset;
  __device__ __forceinline__ float4 at(int, int source, int word) const {
    if (source < 0) return make_float4(0, 0, 0, 0);
    return quadOf<N::INPUTS>(x + (long long)source * N::INPUTS, word, [](float value) { return value; });
  }
};

// Rows of floats in the dataset, scaled one by one: sums of large values with a large offset would lose digits.
template <class N>
struct FloatRows {
  const float *x;
  float itemScale, itemOffset;
  float scale, offset; // of sums: 1 and 0
  __device__ __forceinline__ float4 at(int, int source, int word) const {
    if (source < 0) return make_float4(0, 0, 0, 0);
    return quadOf<N::INPUTS>(x + (long long)source * N::INPUTS, word,
                             [&](float value) { return scaled(value, itemScale, itemOffset); });
  }
};

template <class N, class Hidden, class Rule>
struct Epoch {
  static const int WORDS = (N::INPUTS + 3) / 4, PITCH = 4 * WORDS, WARPS = N::THREADS / 32, SLICE = N::SLICE, TILE = N::TILE;
  static const int WEIGHTS = PITCH * SLICE;                           // of the block's hidden units
  static const int REST = SLICE * N::OUTPUTS + SLICE + N::OUTPUTS;    // W2 [SLICE, OUTPUTS], b1 [SLICE], b2 [OUTPUTS]
  static const int REST_PADDED = (REST + 3) / 4 * 4, HIDDEN_VALUES = (N::BATCH * SLICE + 3) / 4 * 4;
  static const int DZ = ((N::BATCH * N::OUTPUTS > SLICE ? N::BATCH * N::OUTPUTS : SLICE) + 3) / 4 * 4;
  static const int SOURCES = (N::BATCH + 3) / 4 * 4;
  static const int FLOATS = (1 + Rule::SLOTS) * (WEIGHTS + REST_PADDED) + REST_PADDED + HIDDEN_VALUES + DZ + SOURCES;
  static const int BYTES = 4 * FLOATS + N::RING * PITCH; // of dynamic shared memory
  static const int ROW = N::OUTPUTS + 2;
  static_assert(SLICE % TILE == 0, "whole tiles");

  // Weight of input 4 word + q and hidden unit u of the block: [SLICE / TILE, 4, WORDS, TILE].
  static __device__ __forceinline__ int weightAt(int q, int word, int u) {
    return ((u / TILE * 4 + q) * WORDS + word) * TILE + u % TILE;
  }

  float *weights, *slots;         // [WEIGHTS], [SLOTS, WEIGHTS]
  float *rest, *restSlots, *restGradients;
  float *hidden;                  // [BATCH, SLICE]: values, then their gradients
  float *dz;                      // [BATCH, OUTPUTS]
  int *sources;                   // [BATCH] rows of the dataset, -1 for none
  byte *ring;
  const Position *run;
  float *state, *shares, *rows;
  unsigned *arrivals;
  unsigned arrived;
  int replica, block, firstUnit;
  float scalars[Rule::SCALARS > 0 ? Rule::SCALARS : 1];

  __device__ __forceinline__ Epoch(const EpochArguments &arguments, float *memory) {
    weights = memory;
    slots = weights + WEIGHTS;
    rest = slots + Rule::SLOTS * WEIGHTS;
    restSlots = rest + REST_PADDED;
    restGradients = restSlots + Rule::SLOTS * REST_PADDED;
    hidden = restGradients + REST_PADDED;
    dz = hidden + HIDDEN_VALUES;
    sources = (int *)(dz + DZ);
    ring = (byte *)(sources + SOURCES);
    run = arguments.run;
    replica = arguments.firstReplica + blockIdx.z;
    block = blockIdx.x;
    firstUnit = block * SLICE;
    state = arguments.state;
    shares = arguments.shares + (long long)blockIdx.z * N::BATCH * N::BLOCKS * N::OUTPUTS;
    rows = arguments.rows + (long long)blockIdx.z * N::BATCH * ROW;
    arrivals = arguments.arrivals + replica;
    arrived = 0;
  }

  __device__ __forceinline__ void awaitBlocks() {
    arrived += N::BLOCKS;
    gridBarrier(arrivals, arrived);
  }

  // Calls each(address in shared memory, offset in a region of the state) for the parameters of this block.
  template <class Each>
  __device__ __forceinline__ void eachParameter(float *first, float *second, Each each) const {
    for (int i = threadIdx.x; i < N::INPUTS * SLICE; i += N::THREADS) {
      const int input = i / SLICE, u = i % SLICE;
      if (firstUnit + u < N::HIDDEN) {
        each(first + weightAt(input % 4, input / 4, u),
             N::W1 + replica * N::W1_STRIDE + input * N::HIDDEN + firstUnit + u);
      }
    }
    for (int i = threadIdx.x; i < REST; i += N::THREADS) {
      const int bias = i - SLICE * N::OUTPUTS, output = bias - SLICE;
      const int unit = firstUnit + (bias < 0 ? i / N::OUTPUTS : bias);
      if (output >= 0) {
        if (N::B2 >= 0) each(second + i, N::B2 + replica * N::B2_STRIDE + output);
      } else if (unit < N::HIDDEN) {
        if (bias < 0) each(second + i, N::W2 + replica * N::W2_STRIDE + unit * N::OUTPUTS + i % N::OUTPUTS);
        else if (N::B1 >= 0) each(second + i, N::B1 + replica * N::B1_STRIDE + unit);
      }
    }
  }

  __device__ __forceinline__ void loadState() {
    for (int i = threadIdx.x; i < (1 + Rule::SLOTS) * (WEIGHTS + REST_PADDED); i += N::THREADS) weights[i] = 0;
    __syncthreads();
    for (int r = 0; r <= Rule::SLOTS; r++) {
      const float *from = state + (r == 0 ? 0 : r + 1) * (long long)N::REGION;
      eachParameter(weights + r * WEIGHTS, rest + r * REST_PADDED, [&](float *to, int at) { *to = from[at]; });
    }
  }

  // The bias of the outputs is the same in all blocks: the first one stores it.
  __device__ __forceinline__ void storeState() const {
    for (int r = 0; r <= Rule::SLOTS; r++) {
      float *to = state + (r == 0 ? 0 : r + 1) * (long long)N::REGION;
      eachParameter(weights + r * WEIGHTS, rest + r * REST_PADDED, [&](const float *from, int at) {
        if (block == 0 || N::B2 < 0 || at < N::B2 || at >= N::B2 + N::REPLICAS * N::B2_STRIDE) to[at] = *from;
      });
    }
  }

  __device__ __forceinline__ const int *order(int step) const {
    return run->order + (long long)replica * run->orderStride + (long long)(run->step + step) * N::BATCH;
  }

  // Begins to copy rows [from, to) of the batch of a step into the ring.
  __device__ __forceinline__ void stage(int step, int start, int from, int to) const {
    const int *sourceOf = order(step);
    if constexpr (N::INPUTS % 4 != 0) {
      for (int i = from * PITCH + threadIdx.x; i < to * PITCH; i += N::THREADS) {
        const int row = i / PITCH, along = i % PITCH, source = sourceOf[row];
        const int place = start + row < N::RING ? start + row : start + row - N::RING;
        const bool inside = source >= 0 && along < N::INPUTS;
        ring[place * PITCH + along] = inside ? ((const byte *)run->x)[source * (long long)N::INPUTS + along] : 0;
      }
      return;
    }
    const int WIDTH = N::INPUTS % 16 == 0 ? 4 : 1, EACH = PITCH / (4 * WIDTH);
    for (int i = from * EACH + threadIdx.x; i < to * EACH; i += N::THREADS) {
      const int row = i / EACH, along = 4 * WIDTH * (i % EACH), source = sourceOf[row];
      int place = start + row;
      if (place >= N::RING) place -= N::RING;
      copyAsync<WIDTH>((float *)(ring + place * PITCH + along),
                       (const float *)((const byte *)run->x + (source < 0 ? 0 : source) * (long long)N::INPUTS + along),
                       source >= 0);
    }
    commitCopies();
  }

  // The sums over the inputs of the weights of each unit, into restGradients, which are free now: for an offset of the
  // inputs.
  __device__ __forceinline__ void sumWeights() const {
    for (int u = threadIdx.x / 32; u < SLICE; u += WARPS) {
      float sum = 0;
      for (int i = threadIdx.x % 32; i < N::INPUTS; i += 32) sum += weights[weightAt(i % 4, i / 4, u)];
      sum = groupSum<32>(sum);
      if (threadIdx.x % 32 == 0) restGradients[u] = sum;
    }
    __syncthreads();
  }

  // hidden = f(x W1 + b1), from a sum over the inputs.
  template <class Rows>
  __device__ __forceinline__ void storeHidden(const Rows &x, int row, int u, float sum) const {
    float z = x.scale * sum + rest[SLICE * N::OUTPUTS + u];
    if (x.offset != 0 && sources[row] >= 0) z += x.offset * restGradients[u];
    hidden[row * SLICE + u] = firstUnit + u < N::HIDDEN ? Hidden::forward(z) : 0.0f;
  }

  // A warp computes ROWS rows of TILE units at a time: its lanes take turns along the inputs, four at a time.
  template <class Rows>
  __device__ __forceinline__ void forward(const Rows &x) const {
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    for (int first = warp * N::ROWS; first < N::BATCH; first += WARPS * N::ROWS) {
      for (int tile = 0; tile < SLICE; tile += TILE) {
        float sums[N::ROWS * TILE] = {};
        for (int word = lane; word < WORDS; word += 32) {
          float w[4][TILE];
#pragma unroll
          for (int q = 0; q < 4; q++) loadFew<TILE>(w[q], weights + weightAt(q, word, tile));
#pragma unroll
          for (int r = 0; r < N::ROWS; r++) {
            const int row = first + r < N::BATCH ? first + r : N::BATCH - 1;
            const float4 four = x.at(row, sources[row], word);
#pragma unroll
            for (int u = 0; u < TILE; u++) {
              float &sum = sums[r * TILE + u];
              sum = fmaf(four.w, w[3][u], fmaf(four.z, w[2][u], fmaf(four.y, w[1][u], fmaf(four.x, w[0][u], sum))));
            }
          }
        }
        int start = 0, count = N::ROWS * TILE;
        LaneSums<N::ROWS * TILE, 32>::add(sums, lane, start, count);
#pragma unroll
        for (int i = 0; i < (N::ROWS * TILE + 31) / 32; i++) {
          const int row = first + (start + i) / TILE;
          if (i < count && row < N::BATCH) storeHidden(x, row, tile + (start + i) % TILE, sums[i]);
        }
      }
    }
  }

  // The weights [SLICE, OUTPUTS] and the values of this block give its share of the logits.
  __device__ __forceinline__ void shareLogits() const {
    for (int i = threadIdx.x; i < N::BATCH * N::OUTPUTS; i += N::THREADS) {
      const int row = i / N::OUTPUTS, n = i % N::OUTPUTS;
      float sum = 0;
#pragma unroll 4
      for (int u = 0; u < SLICE; u++) sum = fmaf(hidden[row * SLICE + u], rest[u * N::OUTPUTS + n], sum);
      shares[(row * N::BLOCKS + block) * N::OUTPUTS + n] = sum;
    }
  }

  // Loss, dz and correct predictions of the rows of this block.
  __device__ __forceinline__ void rowLosses() const {
    const int EACH = N::THREADS / N::OUTPUTS; // threads for each output
    __shared__ float parts[N::THREADS];
    __shared__ float zRow[N::OUTPUTS], dzRow[N::OUTPUTS], yRow[N::LABELS];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    for (int row = block; row < N::BATCH; row += N::BLOCKS) {
      const int source = sources[row], k = threadIdx.x / N::OUTPUTS;
      if (k < EACH) {
        float sum = 0;
        for (int b = k; b < N::BLOCKS; b += EACH) {
          sum += loadL2(shares + (row * N::BLOCKS + b) * N::OUTPUTS + threadIdx.x % N::OUTPUTS);
        }
        parts[threadIdx.x] = sum;
      }
      for (int i = threadIdx.x; i < N::LABELS && warp == 0; i += 32) { // only this warp reads them
        const long long at = (long long)source * N::LABELS + i;
        yRow[i] = source < 0 ? 0.0f : run->yIsBytes ? (float)((const byte *)run->y)[at] : ((const float *)run->y)[at];
      }
      __syncthreads();
      for (int n = warp; n < N::OUTPUTS; n += WARPS) {
        float sum = 0;
        for (int k = lane; k < EACH; k += 32) sum += parts[k * N::OUTPUTS + n];
        sum = groupSum<32>(sum);
        if (lane == 0) zRow[n] = sum + rest[SLICE * N::OUTPUTS + SLICE + n];
      }
      __syncthreads();
      if (warp == 0) {
        float weight = 1, divisor = N::BATCH;
        if (N::WEIGHTED) {
          weight = source < 0 ? 0.0f : run->weights == nullptr ? 1.0f : run->weights[source];
          int samples = 0;
          for (int b = lane; b < N::BATCH; b += 32) samples += sources[b] >= 0;
          divisor = fmaxf(groupSum<32>((float)samples), 1.0f);
        }
        const float loss = groupSum<32>(rowLoss<32, N::KIND>(zRow, yRow, dzRow, weight, divisor, N::OUTPUTS));
        float correct = 0;
        if (N::ACCURACY != Accuracy::NONE) {
          correct = groupSum<32>(right<32, N::ACCURACY>(zRow, yRow, N::OUTPUTS, 0.0f) * weight);
        }
        __syncwarp(); // yRow may be overwritten; each lane reads the dz that it wrote
        for (int n = lane; n < N::OUTPUTS; n += 32) rows[row * ROW + n] = dzRow[n];
        if (lane == 0) {
          rows[row * ROW + N::OUTPUTS] = loss;
          rows[row * ROW + N::OUTPUTS + 1] = correct;
        }
      }
    }
  }

  // Loss and correct predictions of the step, from those of the rows.
  __device__ __forceinline__ void storeResults(int step) const {
    if (block != 0 || threadIdx.x >= 32) return;
    float loss = 0, correct = 0;
    for (int row = threadIdx.x; row < N::BATCH; row += 32) {
      loss += loadL2(rows + row * ROW + N::OUTPUTS);
      correct += loadL2(rows + row * ROW + N::OUTPUTS + 1);
    }
    loss = groupSum<32>(loss);
    correct = groupSum<32>(correct);
    float *results = run->results + (long long)(run->step + step) * N::RESULTS + replica;
    if (threadIdx.x == 0) {
      if (N::LOSS >= 0) results[N::LOSS] = N::KIND == CrossEntropyKind::SIGMOID ? loss * (1.0f / N::OUTPUTS) : loss;
      if (N::CORRECT >= 0) {
        results[N::CORRECT] = N::ACCURACY == Accuracy::BINARY ? correct * (1.0f / N::OUTPUTS) : correct;
      }
    }
  }

  // The gradients of W2 and b2, and of the hidden values in their place.
  __device__ __forceinline__ void outputGradients() const {
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    for (int i = threadIdx.x; i < N::BATCH * N::OUTPUTS; i += N::THREADS) {
      dz[i] = loadL2(rows + i / N::OUTPUTS * ROW + i % N::OUTPUTS);
    }
    __syncthreads();
    for (int i = warp; i < (SLICE + 1) * N::OUTPUTS; i += WARPS) {
      const int u = i / N::OUTPUTS, n = i % N::OUTPUTS;
      float sum = 0;
      for (int b = lane; b < N::BATCH; b += 32) {
        sum = fmaf(u < SLICE ? hidden[b * SLICE + (u < SLICE ? u : 0)] : 1.0f, dz[b * N::OUTPUTS + n], sum);
      }
      sum = groupSum<32>(sum);
      if (lane == 0) restGradients[u < SLICE ? i : SLICE * N::OUTPUTS + SLICE + n] = sum;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < N::BATCH * SLICE; i += N::THREADS) {
      const int row = i / SLICE, u = i % SLICE;
      float sum = 0;
#pragma unroll 5
      for (int n = 0; n < N::OUTPUTS; n++) sum = fmaf(dz[row * N::OUTPUTS + n], rest[u * N::OUTPUTS + n], sum);
      hidden[i] = sum * Hidden::derivative(hidden[i]);
    }
    __syncthreads();
    // The gradient of b1; the sums over the rows that have a sample, for an offset of the inputs, into dz.
    for (int u = warp; u < SLICE; u += WARPS) {
      float all = 0, present = 0;
      for (int b = lane; b < N::BATCH; b += 32) {
        const float value = hidden[b * SLICE + u];
        all += value;
        present += sources[b] >= 0 ? value : 0.0f;
      }
      all = groupSum<32>(all);
      present = groupSum<32>(present);
      if (lane == 0) {
        restGradients[SLICE * N::OUTPUTS + u] = all;
        dz[u] = present;
      }
    }
    __syncthreads();
  }

  // Updates COUNT weights that follow each other, from sums over the batch.
  template <int COUNT, class Rows>
  __device__ __forceinline__ void updateWeights(const Rows &x, int at, int u, const float *sums) const {
    float values[2 + Rule::SLOTS][COUNT];
    loadFew<COUNT>(values[0], weights + at);
#pragma unroll
    for (int k = 0; k < Rule::SLOTS; k++) loadFew<COUNT>(values[2 + k], slots + k * WEIGHTS + at);
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      float v[2 + Rule::SLOTS];
#pragma unroll
      for (int k = 0; k < 2 + Rule::SLOTS; k++) v[k] = k == 1 ? x.scale * sums[i] : values[k][i];
      if (x.offset != 0) v[1] += x.offset * dz[u + i];
      Rule::apply(scalars, v);
#pragma unroll
      for (int k = 0; k < 2 + Rule::SLOTS; k++) values[k][i] = v[k];
    }
    storeFew<COUNT>(weights + at, values[0]);
#pragma unroll
    for (int k = 0; k < Rule::SLOTS; k++) storeFew<COUNT>(slots + k * WEIGHTS + at, values[2 + k]);
  }

  // The gradient of W1 and its update: SPLIT lanes share four inputs of TILE units and take turns along the batch.
  template <class Rows>
  __device__ __forceinline__ void updateHidden(const Rows &x) const {
    const int SPLIT = N::SPLIT, ITEMS = WORDS * SPLIT, EACH = 4 * TILE / SPLIT;
    for (int first = 0; first < ITEMS; first += N::THREADS) { // whole warps, because lanes add up
      const int item = first + threadIdx.x, split = item % SPLIT;
      const int word = item < ITEMS ? item / SPLIT : WORDS - 1;
      for (int tile = 0; tile < SLICE; tile += TILE) {
        float sums[4 * TILE] = {};
#pragma unroll 4
        for (int b = split; b < N::BATCH; b += SPLIT) {
          const float4 four = x.at(b, sources[b], word);
          float d[TILE];
          loadFew<TILE>(d, hidden + b * SLICE + tile);
#pragma unroll
          for (int q = 0; q < 4; q++) {
#pragma unroll
            for (int u = 0; u < TILE; u++) sums[q * TILE + u] = fmaf(part(four, q), d[u], sums[q * TILE + u]);
          }
        }
        int start = 0, count = 4 * TILE;
        LaneSums<4 * TILE, SPLIT>::add(sums, split, start, count);
        if (item < ITEMS) {
#pragma unroll
          for (int i = 0; i < EACH; i += TILE) {
            updateWeights<TILE>(x, weightAt((start + i) / TILE, word, tile), tile, sums + i);
          }
        }
      }
    }
  }

  __device__ __forceinline__ void updateRest() const {
    for (int i = threadIdx.x; i < REST; i += N::THREADS) {
      const bool absent = i >= SLICE * N::OUTPUTS + (N::B1 < 0 ? 0 : SLICE) && N::B2 < 0;
      if (absent || (N::B1 < 0 && i >= SLICE * N::OUTPUTS && i < SLICE * N::OUTPUTS + SLICE)) continue;
      float v[2 + Rule::SLOTS];
      v[0] = rest[i];
      v[1] = restGradients[i];
#pragma unroll
      for (int k = 0; k < Rule::SLOTS; k++) v[2 + k] = restSlots[k * REST_PADDED + i];
      Rule::apply(scalars, v);
      rest[i] = v[0];
#pragma unroll
      for (int k = 0; k < Rule::SLOTS; k++) restSlots[k * REST_PADDED + i] = v[2 + k];
    }
  }

  template <class Rows>
  __device__ __forceinline__ void hiddenOf(const Rows &x) const {
    if (x.offset != 0) sumWeights();
    if constexpr (N::PRODUCTS == Precision::FLOAT32) forward(x);
    else forwardTensor(x);
  }

  template <class Rows>
  __device__ __forceinline__ void update(const Rows &x) const {
    if constexpr (N::PRODUCTS == Precision::FLOAT32) updateHidden(x);
    else updateHiddenTensor(x);
  }

  // The same on tensor cores: fragments of 16 rows, 16 inputs and 8 units. The order of the terms of a sum is free, so
  // the four inputs of a word go to the lane that loads it.
  template <class Rows>
  __device__ __forceinline__ void forwardTensor(const Rows &x) const {
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, member = lane % 4;
    for (int first = 16 * warp; first < N::BATCH; first += 16 * WARPS) {
      int row[2], source[2];
#pragma unroll
      for (int i = 0; i < 2; i++) {
        row[i] = first + group + 8 * i < N::BATCH ? first + group + 8 * i : N::BATCH - 1;
        source[i] = sources[row[i]];
      }
      for (int tile = 0; tile < SLICE; tile += 8) {
        const int unit = tile + group;
        float sums[4][4] = {}; // four chains of additions, so that they overlap
#pragma unroll 2
        for (int chain = 0, at = 0; at < WORDS; at += 4, chain = (chain + 1) % 2) {
          const int word = at + member;
          float4 four[2] = {make_float4(0, 0, 0, 0), make_float4(0, 0, 0, 0)};
          float w[4] = {};
          if (word < WORDS) {
#pragma unroll
            for (int i = 0; i < 2; i++) four[i] = x.at(row[i], source[i], word);
#pragma unroll
            for (int q = 0; q < 4; q++) w[q] = unit < SLICE ? weights[weightAt(q, word, unit < SLICE ? unit : 0)] : 0.0f;
          }
          if (N::PRODUCTS == Precision::BF16) {
            const unsigned a[4] = {sinter_pack_bf16(four[0].x, four[0].y), sinter_pack_bf16(four[1].x, four[1].y),
                                   sinter_pack_bf16(four[0].z, four[0].w), sinter_pack_bf16(four[1].z, four[1].w)};
            const unsigned b[2] = {sinter_pack_bf16(w[0], w[1]), sinter_pack_bf16(w[2], w[3])};
            sinter_mma_bf16(chain == 0 ? sums[0] : sums[1], a, b);
          } else {
#pragma unroll
            for (int half = 0; half < 2; half++) {
              const unsigned a[4] = {
                  sinter_to_tf32(part(four[0], 2 * half)), sinter_to_tf32(part(four[1], 2 * half)),
                  sinter_to_tf32(part(four[0], 2 * half + 1)), sinter_to_tf32(part(four[1], 2 * half + 1))};
              const unsigned b[2] = {sinter_to_tf32(w[2 * half]), sinter_to_tf32(w[2 * half + 1])};
              sinter_mma_tf32(chain == 0 ? sums[half] : sums[2 + half], a, b);
            }
          }
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
          const int target = first + group + 8 * (i / 2), u = tile + 2 * member + i % 2;
          const float sum = (sums[0][i] + sums[1][i]) + (sums[2][i] + sums[3][i]);
          if (target < N::BATCH && u < SLICE) storeHidden(x, target, u, sum);
        }
      }
    }
  }

  // Fragments of 16 inputs (two of each of eight words), 8 or 16 rows of the batch, 8 units.
  template <class Rows>
  __device__ __forceinline__ void updateHiddenTensor(const Rows &x) const {
    const int DEPTH = N::PRODUCTS == Precision::BF16 ? 16 : 8;
    const int EACH = DEPTH / 4; // rows of the batch that a lane loads
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, member = lane % 4;
    for (int first = 8 * warp; first < WORDS; first += 8 * WARPS) {
      const int word = first + group;
      for (int tile = 0; tile < SLICE; tile += 8) {
        const int unit = tile + group;
        float sums[2][4] = {};
#pragma unroll 2
        for (int at = 0; at < N::BATCH; at += DEPTH) {
          float4 four[EACH];
          float d[EACH];
#pragma unroll
          for (int e = 0; e < EACH; e++) {
            const int b = EACH == 4 ? at + 2 * member + e % 2 + 8 * (e / 2) : at + member + 4 * e;
            const bool inside = b < N::BATCH;
            four[e] = inside && word < WORDS ? x.at(b, sources[inside ? b : 0], word) : make_float4(0, 0, 0, 0);
            d[e] = inside && unit < SLICE ? hidden[b * SLICE + unit] : 0.0f;
          }
#pragma unroll
          for (int half = 0; half < 2; half++) {
            if (N::PRODUCTS == Precision::BF16) {
              const int last = EACH - 1;
              const unsigned a[4] = {sinter_pack_bf16(part(four[0], 2 * half), part(four[1], 2 * half)),
                                     sinter_pack_bf16(part(four[0], 2 * half + 1), part(four[1], 2 * half + 1)),
                                     sinter_pack_bf16(part(four[last - 1], 2 * half), part(four[last], 2 * half)),
                                     sinter_pack_bf16(part(four[last - 1], 2 * half + 1), part(four[last], 2 * half + 1))};
              const unsigned b[2] = {sinter_pack_bf16(d[0], d[1]), sinter_pack_bf16(d[last - 1], d[last])};
              sinter_mma_bf16(sums[half], a, b);
            } else {
              const unsigned a[4] = {
                  sinter_to_tf32(part(four[0], 2 * half)), sinter_to_tf32(part(four[0], 2 * half + 1)),
                  sinter_to_tf32(part(four[1], 2 * half)), sinter_to_tf32(part(four[1], 2 * half + 1))};
              const unsigned b[2] = {sinter_to_tf32(d[0]), sinter_to_tf32(d[1])};
              sinter_mma_tf32(sums[half], a, b);
            }
          }
        }
        if (word < WORDS) {
#pragma unroll
          for (int i = 0; i < 8; i++) {
            const int q = i / 2, u = tile + 2 * member + i % 2;
            if (u < SLICE) updateWeights<1>(x, weightAt(q, word, u), u, &sums[q / 2][q % 2 * 2 + i % 2]);
          }
        }
      }
    }
  }

  template <class Rows>
  __device__ __forceinline__ void trainStep(int step, const Rows &x) {
    // Each barrier of the grid hands over what the blocks wrote before it, and lets them overwrite what was read before
    // it: the shares are read before the second one, the rows before the first one of the next step.
    hiddenOf(x);
    __syncthreads();
    shareLogits();
    awaitBlocks();
    rowLosses();
    awaitBlocks();
    storeResults(step);
    outputGradients();
    update(x);
    updateRest();
    __syncthreads(); // rows of the ring and sources may be overwritten
  }

  __device__ __forceinline__ void train(int first, int steps) {
    const bool staged = N::RING > 0 && run->xIsBytes;
    const float scale = run->scale, offset = run->offset;
    loadState();
    int start = 0; // of the batch in the ring
    if (staged) stage(first, start, 0, N::BATCH);
    for (int s = first; s < first + steps; s++) {
      for (int b = threadIdx.x; b < N::BATCH; b += N::THREADS) sources[b] = order(s)[b];
#pragma unroll
      for (int k = 0; k < Rule::SCALARS; k++) {
        scalars[k] = run->scalars[((long long)(run->step + s) * N::REPLICAS + replica) * Rule::SCALARS + k];
      }
      if (staged) awaitCopies<0>();
      __syncthreads();
      if (!run->xIsBytes) {
        trainStep(s, FloatRows<N>{(const float *)run->x, scale, offset, 1.0f, 0.0f});
      } else if constexpr (N::RING > 0) {
        const bool more = s + 1 < first + steps;
        const int free = N::RING - N::BATCH < N::BATCH ? N::RING - N::BATCH : N::BATCH;
        int next = start + N::BATCH; // of the next batch
        if (next >= N::RING) next -= N::RING;
        if (more) stage(s + 1, next, 0, free);
        trainStep(s, StagedRows<N>{ring, start, scale, offset});
        if (more) stage(s + 1, next, free, N::BATCH);
        start = next;
      } else {
        trainStep(s, ByteRows<N>{(const byte *)run->x, scale, offset});
      }
    }
    storeState();
  }
};

#include "generated.cu" // Network, Hidden, Rule, SHARED_BYTES

extern "C" __global__ void __launch_bounds__(Network::THREADS, 1) trainEpoch(const EpochArguments arguments) {
  typedef Epoch<Network, Hidden, Rule> Steps;
  static_assert(Steps::BYTES == SHARED_BYTES, "as planned");
  extern __shared__ __align__(16) float memory[];
  Steps(arguments, memory).train(arguments.first, arguments.steps);
}
