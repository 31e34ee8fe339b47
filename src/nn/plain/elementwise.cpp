// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "aiot/nn/plain/kernels.hpp"
#include "requantize.hpp"

namespace aiot::nn::plain {
namespace {

/// One side of a sum at the common scale: `requantize` of a shifted code without zero point, whose
/// factor is below 1. With an exponent of 0 nothing is rounded, and the sign must not count.
class Side {
 public:
  Side(std::int16_t offset, std::uint32_t left_shift, Multiplier factor) noexcept
      : offset_(offset),
        left_shift_(left_shift + 1U),
        multiplier_(factor.multiplier),
        exponent_(0U - as_unsigned(factor.shift)),
        half_(exponent_ == 0 ? 0 : std::int32_t{1} << (exponent_ - 1U)),
        sign_(exponent_ == 0 ? 0 : -1) {}

  std::int32_t operator()(std::int8_t code) const noexcept {
    const std::int32_t twice = shift_left(code + offset_, left_shift_);
    const auto start =
        static_cast<std::int64_t>((std::uint64_t{as_unsigned(half_)} << 32U) | 0x8000'0000U);
    const auto sum = static_cast<std::uint64_t>(static_cast<std::int64_t>(twice) * multiplier_) +
                     static_cast<std::uint64_t>(start);
    const auto high = static_cast<std::uint32_t>(sum >> 32U);
    return as_signed(high + as_unsigned((twice >> 31) & sign_)) >> exponent_;
  }

 private:
  std::int32_t offset_;
  std::uint32_t left_shift_;
  std::int32_t multiplier_;
  std::uint32_t exponent_;
  std::int32_t half_;
  std::int32_t sign_;
};

/// Whether one multiply-accumulate does what `requantize` does, for every code.
bool fits(Multiplier factor) noexcept {
  return factor.shift >= -static_cast<std::int32_t>(Rescale::kMaxExponent) && factor.shift <= 0;
}

template <bool subtract>
void add_fast(const AddS8& params, const Memory& memory) noexcept {
  const std::int8_t* input = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  std::int8_t* out = memory.write_s8(params.output);
  const std::int8_t* end = input + params.elements;
  const Side first(params.input_offset, params.left_shift, params.input_factor);
  const Side second(params.other_offset, params.left_shift, params.other_factor);
  const Rescale rescale(
      params.output_factor.multiplier, params.output_factor.shift, params.out.zero_point);
  while (input != end) {
    const std::uint32_t a = as_unsigned(first(*input++));
    const std::uint32_t b = as_unsigned(second(*other++));
    const std::int32_t code = rescale(as_signed((subtract ? a - b : a + b) * 2U));
    *out++ = static_cast<std::int8_t>(clamp(code, params.out.lo, params.out.hi));
  }
}

/// left_shift 21 leaves a sum of two below 2^30.
bool adds_fast(const AddS8& params) noexcept {
  return params.left_shift <= 21 && fits(params.input_factor) && fits(params.other_factor) &&
         Rescale::fits(params.output_factor.shift);
}

}  // namespace

void add_s8(const AddS8& params, const Memory& memory) noexcept {
  if (adds_fast(params)) {
    add_fast<false>(params, memory);
  } else {
    ref::add_s8(params, memory);
  }
}

void sub_s8(const AddS8& params, const Memory& memory) noexcept {
  if (adds_fast(params)) {
    add_fast<true>(params, memory);
  } else {
    ref::sub_s8(params, memory);
  }
}

void mul_s8(const MulS8& params, const Memory& memory) noexcept {
  if (!Rescale::fits(params.factor.shift)) {
    ref::mul_s8(params, memory);
    return;
  }
  const std::int8_t* input = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  std::int8_t* out = memory.write_s8(params.output);
  const std::int8_t* end = input + params.elements;
  const std::int32_t input_offset = params.input_offset;
  const std::int32_t other_offset = 2 * params.other_offset;
  const Rescale rescale(params.factor.multiplier, params.factor.shift, params.out.zero_point);
  while (input != end) {
    const std::int32_t twice = (*input++ + input_offset) * (*other++ * 2 + other_offset);
    *out++ = static_cast<std::int8_t>(clamp(rescale(twice), params.out.lo, params.out.hi));
  }
}

}  // namespace aiot::nn::plain
