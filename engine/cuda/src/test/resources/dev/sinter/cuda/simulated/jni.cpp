// The native methods of SimulatedNative.
#include "simulator.h"

#include <jni.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>

using namespace sinter;

namespace {

std::mutex one_call;  // a feeder copies while another thread launches

Device& device(jlong handle) { return *reinterpret_cast<Device*>(handle); }

std::string text(JNIEnv* env, jstring string) {
  const char* chars = env->GetStringUTFChars(string, nullptr);
  std::string result(chars);
  env->ReleaseStringUTFChars(string, chars);
  return result;
}

jlong guarded(JNIEnv* env, const std::function<jlong()>& action) {
  std::lock_guard<std::mutex> lock(one_call);
  try {
    return action();
  } catch (const std::exception& e) {
    env->ThrowNew(env->FindClass("dev/sinter/errors/RunException"), e.what());
    return 0;
  }
}

unsigned char* host(JNIEnv* env, jobject buffer, jlong offset, jlong bytes) {
  jlong capacity = env->GetDirectBufferCapacity(buffer);
  if (offset < 0 || bytes < 0 || offset > capacity - bytes) {
    throw Failure(format("%ld bytes from offset %ld of a pinned buffer of %ld bytes",
        (long)bytes, (long)offset, (long)capacity));
  }
  return static_cast<unsigned char*>(env->GetDirectBufferAddress(buffer)) + offset;
}

void check_launch(const Function& f, const Launch& l, const std::string& kinds, long most_shared) {
  std::string where = "launch of kernel " + f.name + ": ";
  if (kinds != f.signature) {
    throw Failure(where + "expected arguments " + f.signature + ", received " + kinds
        + " (L: 8 bytes, I: 4-byte integer, F: float, S: struct)");
  }
  if (l.struct_bytes != f.struct_bytes) {
    throw Failure(where + format("expected structs of %u bytes, received %u", f.struct_bytes, l.struct_bytes));
  }
  if (l.block == 0 || l.block > 1024 || l.block % 32 != 0) {
    throw Failure(where + format("expected a multiple of 32 threads up to 1024, received %u", l.block));
  }
  if (f.bounds > 0 && l.block > unsigned(f.bounds)) {
    throw Failure(where + format("__launch_bounds__ allows %d threads, received %u", f.bounds, l.block));
  }
  if (l.grid[0] == 0 || l.grid[1] == 0 || l.grid[2] == 0 || l.grid[0] > 0x7fffffffu
      || l.grid[1] > 65535 || l.grid[2] > 65535) {
    throw Failure(where + format("expected a grid of 1 to 2147483647, 65535, 65535 blocks, received "
        "[%u, %u, %u]", l.grid[0], l.grid[1], l.grid[2]));
  }
  long fixed = f.module->shared_bytes;
  if (fixed > 48 * 1024) {
    throw Failure(where + format("%ld bytes of static shared memory, at most 49152 are allowed", fixed));
  }
  if (fixed + long(l.shared) > most_shared) {
    throw Failure(where + format("%ld bytes of static and %u of dynamic shared memory, a block has "
        "at most %ld", fixed, l.shared, most_shared));
  }
}

}  // namespace

#define NATIVE(type, name) \
  extern "C" JNIEXPORT type JNICALL Java_dev_sinter_cuda_simulated_SimulatedNative_##name

NATIVE(jlong, create)(JNIEnv*, jclass) { return reinterpret_cast<jlong>(new Device()); }

NATIVE(void, destroy)(JNIEnv*, jclass, jlong handle) {
  delete &device(handle);
}

NATIVE(jlong, allocate)(JNIEnv* env, jclass, jlong handle, jlong bytes) {
  return guarded(env, [&] { return jlong(device(handle).memory.allocate(bytes)); });
}

NATIVE(void, free)(JNIEnv* env, jclass, jlong handle, jlong address) {
  guarded(env, [&] { device(handle).memory.release(address); return 0; });
}

NATIVE(jobject, allocatePinned)(JNIEnv* env, jclass, jlong bytes) {
  void* memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  memset(memory, 0xff, bytes);
  return env->NewDirectByteBuffer(memory, bytes);
}

NATIVE(void, freePinned)(JNIEnv* env, jclass, jobject buffer) { free(env->GetDirectBufferAddress(buffer)); }

NATIVE(void, copyIn)
(JNIEnv* env, jclass, jlong handle, jlong target, jobject source, jlong offset, jlong bytes) {
  guarded(env, [&] {
    memcpy(device(handle).memory.range(target, bytes, "copy to the device"),
        host(env, source, offset, bytes), bytes);
    return 0;
  });
}

NATIVE(void, copyOut)
(JNIEnv* env, jclass, jlong handle, jobject target, jlong offset, jlong source, jlong bytes) {
  guarded(env, [&] {
    memcpy(host(env, target, offset, bytes),
        device(handle).memory.range(source, bytes, "copy to the host"), bytes);
    return 0;
  });
}

NATIVE(void, fill)(JNIEnv* env, jclass, jlong handle, jlong target, jint word, jlong words) {
  guarded(env, [&] {
    if (target % 4 != 0) throw Failure("fill: the address is not a multiple of 4");
    auto* p = static_cast<jint*>(device(handle).memory.range(target, 4 * words, "fill"));
    for (jlong i = 0; i < words; i++) p[i] = word;
    return 0;
  });
}

NATIVE(jlong, load)(JNIEnv* env, jclass, jlong handle, jstring path, jstring name) {
  return guarded(env, [&] {
    Device& d = device(handle);
    std::string key = text(env, path) + "\n" + text(env, name);
    auto found = d.functions.find(key);
    if (found == d.functions.end()) {
      Module& module = d.modules.try_emplace(text(env, path), text(env, path)).first->second;
      found = d.functions.emplace(key, module.function(text(env, name))).first;
    }
    return reinterpret_cast<jlong>(&found->second);
  });
}

NATIVE(void, leaveOut)(JNIEnv*, jclass, jlong handle, jint number) { device(handle).left_out = number; }

NATIVE(jint, sharedBytes)(JNIEnv*, jclass, jlong function) {
  return jint(reinterpret_cast<Function*>(function)->module->shared_bytes);
}

NATIVE(void, launch)
(JNIEnv* env, jclass, jlong handle, jlong function, jintArray geometry, jstring kinds,
    jlongArray values, jintArray starts, jint most_shared, jint order, jlong seed,
    jboolean races) {
  guarded(env, [&] {
    Device& d = device(handle);
    const Function* f = nullptr;
    for (auto& [key, known] : d.functions) {
      if (reinterpret_cast<jlong>(&known) == function) f = &known;
    }
    if (f == nullptr) throw Failure("launch: the function was not loaded by this device");
    jint g[6];
    env->GetIntArrayRegion(geometry, 0, 6, g);
    Launch l = {{unsigned(g[0]), unsigned(g[1]), unsigned(g[2])}, unsigned(g[3]), unsigned(g[4]), g[5] != 0, {}, 0, d.left_out};
    std::vector<jlong> bits(env->GetArrayLength(values));
    env->GetLongArrayRegion(values, 0, bits.size(), bits.data());
    std::string letters = text(env, kinds);
    std::vector<jint> begins(letters.size() + 1);
    env->GetIntArrayRegion(starts, 0, begins.size(), begins.data());
    for (size_t i = 0; i < letters.size(); i++) {
      l.arguments.push_back(&bits[begins[i]]);  // little-endian: low bytes first
      if (letters[i] == 'S') l.struct_bytes += 8 * (begins[i + 1] - begins[i]);
    }
    check_launch(*f, l, letters, most_shared);
    launch(d.memory, *f, l, Order(order), seed, races);
    return 0;
  });
}

NATIVE(void, product)(JNIEnv* env, jclass, jlong handle, jlongArray numbers) {
  guarded(env, [&] {
    int64_t n[22];
    env->GetLongArrayRegion(numbers, 0, 22, reinterpret_cast<jlong*>(n));
    product(device(handle).memory, n);
    return 0;
  });
}

NATIVE(void, neural)(JNIEnv* env, jclass, jlong handle, jlongArray numbers) {
  guarded(env, [&] {
    int64_t n[9];
    env->GetLongArrayRegion(numbers, 0, 9, reinterpret_cast<jlong*>(n));
    neural(device(handle).memory, n);
    return 0;
  });
}
