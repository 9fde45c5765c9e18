// Windows of images [B, height, width, channels]: patches and pooling, with their gradients. One element of the result
// per thread; a gradient adds up the windows that hold its pixel in their order, so that its bits never differ.

#include "common.cu"
#include "generated.cu" // POOLING

struct WindowArguments {
  DeviceValue from, to;
  DeviceValue image; // of a maximum, for its gradient
  int size;          // of `to`
  int height, width, channels;
  int kernelHeight, kernelWidth;
  int strideHeight, strideWidth;
  int top, left; // padding
  int outputHeight, outputWidth;
};

// A pixel of one channel of an image.
struct Pixel {
  int image, y, x, channel;

  __device__ __forceinline__ Pixel(const WindowArguments &a, int element) {
    channel = element % a.channels;
    const int pixel = element / a.channels;
    x = pixel % a.width;
    y = pixel / a.width % a.height;
    image = pixel / a.width / a.height;
  }

  // The first window down and the first across that hold it; the last ones start at or before it.
  __device__ __forceinline__ int firstRow(const WindowArguments &a) const {
    return firstWindow(y + a.top, a.kernelHeight, a.strideHeight);
  }
  __device__ __forceinline__ int firstColumn(const WindowArguments &a) const {
    return firstWindow(x + a.left, a.kernelWidth, a.strideWidth);
  }
  __device__ __forceinline__ int lastRow(const WindowArguments &a) const {
    return min((y + a.top) / a.strideHeight, a.outputHeight - 1);
  }
  __device__ __forceinline__ int lastColumn(const WindowArguments &a) const {
    return min((x + a.left) / a.strideWidth, a.outputWidth - 1);
  }

private:
  static __device__ __forceinline__ int firstWindow(int place, int kernel, int stride) {
    return place < kernel ? 0 : (place - kernel) / stride + 1;
  }
};

// The part of a window that lies in the image: rows [top, bottom) and columns [left, right).
struct Clip {
  int top, bottom, left, right;

  __device__ __forceinline__ Clip(const WindowArguments &a, int row, int column) {
    const int y = row * a.strideHeight - a.top, x = column * a.strideWidth - a.left;
    top = max(y, 0);
    bottom = min(y + a.kernelHeight, a.height);
    left = max(x, 0);
    right = min(x + a.kernelWidth, a.width);
  }

  __device__ __forceinline__ float pixels() const { return (float)((bottom - top) * (right - left)); }
};

static __device__ __forceinline__ int place(const WindowArguments &a, int image, int y, int x, int channel) {
  return ((image * a.height + y) * a.width + x) * a.channels + channel;
}

// Each window as a row [kernel height, kernel width, channels]; 0 for padding. Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) patches(const WindowArguments a) {
  const float *from = a.from.of(blockIdx.z);
  float *to = a.to.of(blockIdx.z);
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < a.size; i += gridDim.x * blockDim.x) {
    const int channel = i % a.channels;
    int rest = i / a.channels;
    const int kernelColumn = rest % a.kernelWidth;
    rest /= a.kernelWidth;
    const int kernelRow = rest % a.kernelHeight;
    rest /= a.kernelHeight;
    const int x = rest % a.outputWidth * a.strideWidth - a.left + kernelColumn;
    rest /= a.outputWidth;
    const int y = rest % a.outputHeight * a.strideHeight - a.top + kernelRow;
    const bool inside = y >= 0 && y < a.height && x >= 0 && x < a.width;
    to[i] = inside ? from[place(a, rest / a.outputHeight, y, x, channel)] : 0.0f;
  }
}

// Each pixel is the sum of its places in the windows that hold it. Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) patchesGrad(const WindowArguments a) {
  const float *from = a.from.of(blockIdx.z);
  float *to = a.to.of(blockIdx.z);
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < a.size; i += gridDim.x * blockDim.x) {
    const Pixel pixel(a, i);
    const int lastRow = pixel.lastRow(a), lastColumn = pixel.lastColumn(a);
    float sum = 0.0f;
    for (int row = pixel.firstRow(a); row <= lastRow; row++) {
      const int kernelRow = pixel.y + a.top - row * a.strideHeight;
      for (int column = pixel.firstColumn(a); column <= lastColumn; column++) {
        const int kernelColumn = pixel.x + a.left - column * a.strideWidth;
        const int window = (pixel.image * a.outputHeight + row) * a.outputWidth + column;
        sum += from[((window * a.kernelHeight + kernelRow) * a.kernelWidth + kernelColumn) * a.channels + pixel.channel];
      }
    }
    to[i] = sum;
  }
}

// The maximum or the mean of each window. Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) pool(const WindowArguments a) {
  const float *from = a.from.of(blockIdx.z);
  float *to = a.to.of(blockIdx.z);
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < a.size; i += gridDim.x * blockDim.x) {
    const int channel = i % a.channels, index = i / a.channels;
    const int column = index % a.outputWidth, row = index / a.outputWidth % a.outputHeight;
    const int image = index / a.outputWidth / a.outputHeight;
    const Clip clip(a, row, column);
    float value = POOLING == Pooling::MAXIMUM ? MINUS_INFINITY : 0.0f;
    for (int y = clip.top; y < clip.bottom; y++) {
      for (int x = clip.left; x < clip.right; x++) {
        const float other = from[place(a, image, y, x, channel)];
        value = POOLING == Pooling::MAXIMUM ? maximum(value, other) : value + other;
      }
    }
    to[i] = POOLING == Pooling::MAXIMUM ? value : value / clip.pixels();
  }
}

// Returns whether a pixel is the first maximum of a window that holds it.
static __device__ __forceinline__ bool isFirst(const WindowArguments &a, const float *image, const Pixel &pixel, const Clip &clip) {
  const float own = image[place(a, pixel.image, pixel.y, pixel.x, pixel.channel)];
  for (int y = clip.top; y < clip.bottom; y++) {
    for (int x = clip.left; x < clip.right; x++) {
      const float other = image[place(a, pixel.image, y, x, pixel.channel)];
      const bool before = y < pixel.y || (y == pixel.y && x < pixel.x);
      if (other > own || (before && other == own)) return false;
    }
  }
  return true;
}

// Each pixel is the sum over the windows that hold it: the gradient of those whose first maximum it is, or its share of
// each. Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) poolGrad(const WindowArguments a) {
  const float *from = a.from.of(blockIdx.z);
  const float *image = a.image.of(blockIdx.z);
  float *to = a.to.of(blockIdx.z);
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < a.size; i += gridDim.x * blockDim.x) {
    const Pixel pixel(a, i);
    const int lastRow = pixel.lastRow(a), lastColumn = pixel.lastColumn(a);
    float sum = 0.0f;
    for (int row = pixel.firstRow(a); row <= lastRow; row++) {
      for (int column = pixel.firstColumn(a); column <= lastColumn; column++) {
        const Clip clip(a, row, column);
        const int window = (pixel.image * a.outputHeight + row) * a.outputWidth + column;
        const float gradient = from[window * a.channels + pixel.channel];
        if (POOLING == Pooling::AVERAGE) {
          sum += gradient / clip.pixels();
        } else if (isFirst(a, image, pixel, clip)) {
          sum += gradient;
        }
      }
    }
    to[i] = sum;
  }
}
