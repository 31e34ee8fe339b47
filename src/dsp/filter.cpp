// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/dsp/filter.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::dsp {

SosFilter::Stage SosFilter::make_stage(const Section& from) noexcept {
  Stage stage{from.n0, from.n1, from.n2, from.d1, from.d2, 0.0F, 0.0F, Form::kGeneral};
  if (from.n0 == 0.0F || (from.n1 != 0.0F && from.n2 != 0.0F)) {
    return stage;
  }
  stage.form = from.n1 != 0.0F ? Form::kFirst : from.n2 != 0.0F ? Form::kSecond : Form::kNone;
  stage.n1 = from.n1 / from.n0;
  stage.n2 = from.n2 / from.n0;
  return stage;
}

SosFilter::SosFilter(std::span<const Section> sections) noexcept {
  AIOT_CHECK(sections.size() <= kMaxSections && check(sections).ok());
  for (const Section& section : sections) {
    AIOT_CHECK(stages_.push_back(make_stage(section)));
  }
}

void SosFilter::reset() noexcept {
  settle(0.0F);
}

void SosFilter::settle(float value) noexcept {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    const float in = stage.form == Form::kGeneral ? value : value * stage.n0;
    stage.sum = 0.0F;
    stage.sum_sum = in / stage.d2;
    value = stage.n2 * stage.sum_sum;
  }
}

template <SosFilter::Form kForm>
[[gnu::noinline]] void SosFilter::run_stage(Stage& stage,
                                            const float* in,
                                            float* out,
                                            std::size_t count) noexcept {
  const float n0 = stage.n0;
  const float n1 = stage.n1;
  const float n2 = stage.n2;
  const float d1 = stage.d1;
  const float d2 = stage.d2;
  float sum = stage.sum;
  float sum_sum = stage.sum_sum;
  const float* const end = in + count;
  const auto step = [&](float x) noexcept {
    if constexpr (kForm != Form::kGeneral) {
      x *= n0;
    }
    const float w = x - d1 * sum - d2 * sum_sum;
    float y = kForm == Form::kGeneral ? n0 * w : w;
    if constexpr (kForm == Form::kFirst || kForm == Form::kGeneral) {
      y += n1 * sum;
    }
    sum_sum += sum;
    if constexpr (kForm == Form::kSecond || kForm == Form::kGeneral) {
      y += n2 * sum_sum;
    }
    sum += w;
    return y;
  };
  for (std::size_t i = count / 8; i != 0; --i) {
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      *out++ = step(*in++);
      // Both pointers are taken to be used here: so each access moves its own on, for nothing.
      asm("" : "+r"(in), "+r"(out));
    }
  }
  while (in != end) {
    *out++ = step(*in++);
  }
  stage.sum = sum;
  stage.sum_sum = sum_sum;
}

void SosFilter::run(std::span<const float> in, std::span<float> out) noexcept {
  AIOT_CHECK(in.size() == out.size());
  if (stages_.empty()) {
    std::copy(in.begin(), in.end(), out.begin());
  }
  const float* from = in.data();
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    switch (stage.form) {
      case Form::kNone:
        run_stage<Form::kNone>(stage, from, out.data(), in.size());
        break;
      case Form::kFirst:
        run_stage<Form::kFirst>(stage, from, out.data(), in.size());
        break;
      case Form::kSecond:
        run_stage<Form::kSecond>(stage, from, out.data(), in.size());
        break;
      case Form::kGeneral:
        run_stage<Form::kGeneral>(stage, from, out.data(), in.size());
        break;
    }
    from = out.data();
  }
}

}  // namespace aiot::dsp
