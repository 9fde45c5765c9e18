#include "rows.cu"
#include "generated.cu" // LANES

extern "C" __global__ void __launch_bounds__(256) softmax(const SoftmaxArguments a) { softmaxOf<LANES>(a); }
