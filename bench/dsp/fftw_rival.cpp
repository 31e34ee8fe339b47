// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fftw3.h>

#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "bench/dsp/bench.hpp"

namespace aiot::bench {
namespace {

struct Destroy {
  void operator()(fftwf_plan plan) const { fftwf_destroy_plan(plan); }
};

/// Planned with FFTW_MEASURE, which tries on this machine what is fastest.
template <std::size_t kSize>
struct Transform {
  alignas(64) static inline std::array<float, kSize> input{};
  alignas(64) static inline std::array<fftwf_complex, kSize / 2 + 1> output{};
  static inline std::unique_ptr<std::remove_pointer_t<fftwf_plan>, Destroy> plan;

  static void prepare() {
    if (plan == nullptr) {
      plan.reset(fftwf_plan_dft_r2c_1d(
          static_cast<int>(kSize), input.data(), output.data(), FFTW_MEASURE));
    }
    fill_noise(input, 1);
  }

  static void run() { fftwf_execute(plan.get()); }
};

template <std::size_t kSize>
constexpr Rival rival(const char* of, float times) {
  return {"FFTW", of, times, Transform<kSize>::prepare, Transform<kSize>::run};
}

constexpr std::array kRivals = {rival<256>("rfft f32 256", 0.0F),
                                rival<1024>("rfft f32 1024", 1.0F / 1.5F),
                                rival<4096>("rfft f32 4096", 0.0F)};
const Rivals kList(kRivals);

}  // namespace
}  // namespace aiot::bench
