// cuBLASLt and cuDNN by plain loops.
#include "simulator.h"

#include <cmath>
#include <cstring>

namespace sinter {

namespace {

struct Matrix {
  uint64_t address;
  int64_t ld, stride;
};

// The order of SimulatedProducts.numbers.
struct Product {
  int64_t transpose_a, transpose_b, m, n, k, batch;
  Matrix a, b, d;
  int64_t epilogue;
  uint64_t bias;
  int64_t bias_stride;
  uint64_t aux;
  int64_t aux_ld, aux_stride, precision;
};
enum Epilogue { DEFAULT, BIAS, RELU_BIAS, RELU_AUX_BIAS, DRELU, BGRADA };

float rounded(float x, int64_t precision) {
  return precision == 0 ? x : precision == 1 ? to_tf32(x) : to_bf16(x);
}

// Column-major [rows, columns] of one product of the batch, checked.
float* matrix(const Memory& memory, const Matrix& x, int64_t i, int64_t rows, int64_t columns,
    const char* what) {
  uint64_t floats = (columns - 1) * x.ld + rows;
  return static_cast<float*>(memory.range(x.address + 4 * i * x.stride, 4 * floats, what));
}

// [rows, columns] contiguous along the sums, so that the inner loop is sequential in memory.
std::vector<float> operand(const float* x, int64_t ld, bool transposed, int64_t count, int64_t k,
    int64_t precision) {
  std::vector<float> result(count * k);
  for (int64_t i = 0; i < count; i++) {
    for (int64_t j = 0; j < k; j++) {
      result[i * k + j] = rounded(transposed ? x[j + i * ld] : x[i + j * ld], precision);
    }
  }
  return result;
}

void one_product(const Memory& memory, const Product& p, int64_t i) {
  const float* a = p.transpose_a ? matrix(memory, p.a, i, p.k, p.m, "product's A")
                                 : matrix(memory, p.a, i, p.m, p.k, "product's A");
  const float* b = p.transpose_b ? matrix(memory, p.b, i, p.n, p.k, "product's B")
                                 : matrix(memory, p.b, i, p.k, p.n, "product's B");
  float* d = matrix(memory, p.d, i, p.m, p.n, "product's D");
  float* bias = nullptr;
  if (p.epilogue != DEFAULT && p.epilogue != DRELU) {
    bias = static_cast<float*>(
        memory.range(p.bias + 4 * i * p.bias_stride, 4 * p.m, "product's bias"));
  }
  unsigned char* aux = nullptr;
  if (p.epilogue == RELU_AUX_BIAS || p.epilogue == DRELU) {
    uint64_t bits = (p.n - 1) * p.aux_ld + p.m;
    aux = static_cast<unsigned char*>(
        memory.range(p.aux + i * p.aux_stride / 8, (bits + 7) / 8, "product's mask"));
  }
  std::vector<float> rows = operand(a, p.a.ld, p.transpose_a, p.m, p.k, p.precision);
  std::vector<float> columns = operand(b, p.b.ld, !p.transpose_b, p.n, p.k, p.precision);
  for (int64_t c = 0; c < p.n; c++) {
    for (int64_t r = 0; r < p.m; r++) {
      float sum = 0;
      for (int64_t k = 0; k < p.k; k++) sum += rows[r * p.k + k] * columns[c * p.k + k];
      int64_t bit = r + c * p.aux_ld;
      if (p.epilogue == BIAS || p.epilogue == RELU_BIAS || p.epilogue == RELU_AUX_BIAS) {
        sum += bias[r];
      }
      if (p.epilogue == RELU_AUX_BIAS) {
        unsigned char mask = 1 << bit % 8;
        aux[bit / 8] = sum > 0 ? aux[bit / 8] | mask : aux[bit / 8] & ~mask;
      }
      if (p.epilogue == RELU_BIAS || p.epilogue == RELU_AUX_BIAS) sum = sum < 0 ? 0 : sum;
      if (p.epilogue == DRELU && (aux[bit / 8] >> bit % 8 & 1) == 0) sum = 0;
      d[r + c * p.d.ld] = sum;
    }
  }
  if (p.epilogue == BGRADA) {
    for (int64_t r = 0; r < p.m; r++) {
      float sum = 0;
      for (int64_t k = 0; k < p.k; k++) sum += p.transpose_a ? a[k + r * p.a.ld] : a[r + k * p.a.ld];
      bias[r] = sum;
    }
  }
}

enum NeuralOperation { ACTIVATION, GRADIENT, SOFTMAX };
enum Activation { RELU, SIGMOID, TANH };

// The order of SimulatedNeuralOps.operation.
struct Neural {
  int64_t operation, activation;
  uint64_t x, dy, result;
  int64_t rows, columns, batch, stride;
};

float activate(int64_t f, float x) {
  if (f == RELU) return x < 0 ? 0 : x;
  return f == SIGMOID ? 1 / (1 + std::exp(-x)) : std::tanh(x);
}

// From y = f(x).
float slope(int64_t f, float y) {
  if (f == RELU) return y > 0 ? 1 : 0;
  return f == SIGMOID ? y * (1 - y) : 1 - y * y;
}

void softmax(const float* x, float* y, int64_t columns) {
  float most = x[0], sum = 0;
  for (int64_t c = 1; c < columns; c++) most = std::fmax(most, x[c]);
  for (int64_t c = 0; c < columns; c++) sum += y[c] = std::exp(x[c] - most);
  for (int64_t c = 0; c < columns; c++) y[c] /= sum;
}

}  // namespace

void product(const Memory& memory, const int64_t* numbers) {
  Product p;
  memcpy(&p, numbers, sizeof p);
  for (int64_t i = 0; i < p.batch; i++) one_product(memory, p, i);
}

void neural(const Memory& memory, const int64_t* numbers) {
  Neural o;
  memcpy(&o, numbers, sizeof o);
  int64_t count = o.rows * o.columns;
  for (int64_t i = 0; i < o.batch; i++) {
    auto at = [&](uint64_t address) {
      return static_cast<float*>(
          memory.range(address + 4 * i * o.stride, 4 * count, "operand of a neural operation"));
    };
    const float *x = at(o.x), *dy = at(o.dy);
    float* result = at(o.result);
    for (int64_t e = 0; o.operation == ACTIVATION && e < count; e++) {
      result[e] = activate(o.activation, x[e]);
    }
    for (int64_t e = 0; o.operation == GRADIENT && e < count; e++) {
      result[e] = dy[e] * slope(o.activation, x[e]);
    }
    for (int64_t r = 0; o.operation == SOFTMAX && r < o.rows; r++) {
      softmax(x + r * o.columns, result + r * o.columns, o.columns);
    }
  }
}

}  // namespace sinter
