// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <kissfft/kiss_fftr.h>

#include <array>
#include <cstddef>
#include <memory>

#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

struct Free {
  void operator()(kiss_fftr_state* plan) const { kiss_fft_free(plan); }
};

template <std::size_t kSize>
struct Transform {
  static inline std::array<float, kSize> input{};
  static inline std::array<kiss_fft_cpx, kSize / 2 + 1> output{};
  static inline std::unique_ptr<kiss_fftr_state, Free> plan;

  static void prepare() {
    if (plan == nullptr) {
      plan.reset(kiss_fftr_alloc(static_cast<int>(kSize), 0, nullptr, nullptr));
    }
    fill_noise(input, 1);
  }

  static void run() { kiss_fftr(plan.get(), input.data(), output.data()); }
};

template <std::size_t kSize>
constexpr Rival rival(const char* of, float times) {
  return {"KissFFT", of, times, Transform<kSize>::prepare, Transform<kSize>::run};
}

constexpr std::array kRivals = {rival<256>("rfft f32 256", 0.0F),
                                rival<1024>("rfft f32 1024", 2.5F),
                                rival<4096>("rfft f32 4096", 0.0F)};
const Rivals kList(kRivals);

}  // namespace
}  // namespace aiot::bench
