// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/decimate.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::dsp {
namespace {

// Four outputs are computed together and share the loads of the taps. Their sums and pointers are
// variables of their own, not arrays: so they stay in registers.

/// Where outputs are computed from: `newest` is the newest sample of the next output, `step` the
/// samples from one output to the next.
struct Work {
  std::span<const float> taps;
  const float* newest;
  std::size_t step;
  float* out;
};

/// `fours` times four outputs.
[[gnu::noinline]] void fours_plain(Work& work, std::size_t fours) noexcept {
  const std::size_t step = work.step;
  for (; fours != 0; --fours) {
    const float* at0 = work.newest + 1;
    const float* at1 = at0 + step;
    const float* at2 = at1 + step;
    const float* at3 = at2 + step;
    work.newest += 4 * step;
    float sum0 = 0.0F;
    float sum1 = 0.0F;
    float sum2 = 0.0F;
    float sum3 = 0.0F;
    const float* tap = work.taps.data();
    const auto take = [&]() __attribute__((always_inline)) {
      const float weight = *tap++;
      sum0 += weight * *--at0;
      sum1 += weight * *--at1;
      sum2 += weight * *--at2;
      sum3 += weight * *--at3;
    };
    for (std::size_t i = work.taps.size() / 8; i != 0; --i) {
#pragma GCC unroll 8
      for (int j = 0; j < 8; ++j) {
        take();
      }
    }
    for (std::size_t i = work.taps.size() % 8; i != 0; --i) {
      take();
    }
    *work.out++ = sum0;
    *work.out++ = sum1;
    *work.out++ = sum2;
    *work.out++ = sum3;
  }
}

/// The same with symmetric taps: the samples that share a tap are added first.
[[gnu::noinline]] void fours_folded(Work& work, std::size_t fours) noexcept {
  const std::size_t step = work.step;
  for (; fours != 0; --fours) {
    const float* late0 = work.newest + 1;
    const float* late1 = late0 + step;
    const float* late2 = late1 + step;
    const float* late3 = late2 + step;
    const float* early0 = late0 - work.taps.size();
    const float* early1 = early0 + step;
    const float* early2 = early1 + step;
    const float* early3 = early2 + step;
    work.newest += 4 * step;
    float sum0 = 0.0F;
    float sum1 = 0.0F;
    float sum2 = 0.0F;
    float sum3 = 0.0F;
    const float* tap = work.taps.data();
    const auto take = [&]() __attribute__((always_inline)) {
      const float weight = *tap++;
      sum0 += weight * (*early0++ + *--late0);
      sum1 += weight * (*early1++ + *--late1);
      sum2 += weight * (*early2++ + *--late2);
      sum3 += weight * (*early3++ + *--late3);
    };
    const std::size_t pairs = work.taps.size() / 2;
    for (std::size_t i = pairs / 8; i != 0; --i) {
#pragma GCC unroll 8
      for (int j = 0; j < 8; ++j) {
        take();
      }
    }
    for (std::size_t i = pairs % 8; i != 0; --i) {
      take();
    }
    if (work.taps.size() % 2 != 0) {
      sum0 += *tap * *early0;
      sum1 += *tap * *early1;
      sum2 += *tap * *early2;
      sum3 += *tap * *early3;
    }
    *work.out++ = sum0;
    *work.out++ = sum1;
    *work.out++ = sum2;
    *work.out++ = sum3;
  }
}

/// One output, in the same order.
float one(std::span<const float> taps, const float* newest, bool even) noexcept {
  const float* late = newest + 1;
  const float* early = late - taps.size();
  const float* tap = taps.data();
  float sum = 0.0F;
  if (!even) {
    for (std::size_t i = taps.size(); i != 0; --i) {
      sum += *tap++ * *--late;
    }
    return sum;
  }
  for (std::size_t i = taps.size() / 2; i != 0; --i) {
    sum += *tap++ * (*early++ + *--late);
  }
  return taps.size() % 2 != 0 ? sum + *tap * *early : sum;
}

/// Not memmove, which may go byte by byte on a small system. Where both overlap, `to` is below.
void copy(const float* from, float* to, std::size_t count) noexcept {
  for (std::size_t i = count / 8; i != 0; --i) {
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      to[j] = from[j];
    }
    from += 8;
    to += 8;
  }
  for (std::size_t i = count % 8; i != 0; --i) {
    *to++ = *from++;
  }
}

}  // namespace

FirDecimator::FirDecimator(std::span<const float> taps,
                           std::uint32_t factor,
                           TapSymmetry symmetry,
                           std::span<float> storage) noexcept
    : taps_(taps), storage_(storage), factor_(factor), symmetry_(symmetry) {
  AIOT_CHECK(!taps.empty() && factor >= 1 && factor <= kMaxFactor);
  AIOT_CHECK(storage.size() >= storage_floats(taps.size(), 1));
  for (std::size_t i = 0; symmetry == TapSymmetry::kEven && i < taps.size() / 2; ++i) {
    AIOT_CHECK(taps[i] == taps[taps.size() - 1 - i]);
  }
  reset();
}

void FirDecimator::reset() noexcept {
  std::fill(storage_.begin(), storage_.end(), 0.0F);
  skip_ = 0;
}

std::size_t FirDecimator::run(std::span<const float> in, std::span<float> out) noexcept {
  AIOT_CHECK(out.size() >= outputs(in.size()));
  const std::size_t past = taps_.size() - 1;
  float* const fresh = storage_.data() + past;
  const bool even = symmetry_ == TapSymmetry::kEven;
  Work work{taps_, nullptr, factor_, out.data()};
  while (!in.empty()) {
    const std::size_t size = std::min(in.size(), storage_.size() - past);
    copy(in.data(), fresh, size);
    const std::size_t count = outputs(size);
    work.newest = fresh + std::min<std::size_t>(skip_, size);
    skip_ = static_cast<std::uint32_t>(skip_ + count * factor_ - size);
    if (even) {
      fours_folded(work, count / 4);
    } else {
      fours_plain(work, count / 4);
    }
    for (std::size_t i = count % 4; i != 0; --i) {
      *work.out++ = one(taps_, work.newest, even);
      work.newest += factor_;
    }
    copy(storage_.data() + size, storage_.data(), past);
    in = in.subspan(size);
  }
  return static_cast<std::size_t>(work.out - out.data());
}

}  // namespace aiot::dsp
