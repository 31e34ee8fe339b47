// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "aiot/nn/plain/kernels.hpp"
#include "armv7m.hpp"
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
    const std::uint32_t high = high_word(twice, multiplier_, half_);
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

/// left_shift 21 leaves a sum of two below 2^30.
bool adds_fast(const AddS8& params) noexcept {
  return params.left_shift <= 21 && fits(params.input_factor) && fits(params.other_factor) &&
         Rescale::fits(params.output_factor.shift);
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
  const std::int32_t lo = params.out.lo;
  const std::int32_t hi = params.out.hi;
  while (input != end) {
    const std::uint32_t a = as_unsigned(first(*input++));
    const std::uint32_t b = as_unsigned(second(*other++));
    const std::int32_t code = rescale(as_signed((subtract ? a - b : a + b) * 2U));
    *out++ = static_cast<std::int8_t>(clamp(code, lo, hi));
  }
}

#if AIOT_PLAIN_ARMV7M

/// A sum as converters make it: the side with the larger scale is halved, exactly; the other one is
/// rounded. The loop knows the order: r1 to r11, and the end.
struct Sum {
  const std::int8_t* halved;
  const std::int8_t* rounded;
  std::int8_t* out;
  std::int32_t side_multiplier;
  std::int32_t side_addend;
  std::uint32_t side_exponent;
  std::int32_t multiplier;
  std::int32_t addend;
  std::uint32_t exponent;
  std::int32_t rounded_offset;  ///< times 2^21
  std::int32_t halved_offset;   ///< times 2^20
  const std::int8_t* end;       ///< of out
};

static_assert(offsetof(Sum, end) == 44);

constexpr std::uint32_t kSumShift = 20;

bool is_half(Multiplier factor) noexcept {
  return factor.multiplier == 1 << 30 && factor.shift == 0;
}

// clang-format off
#define AIOT_PLAIN_ADD                  \
  "ldrsb r0, [r2], #1\n"                \
  "mov r12, #0x80000000\n"              \
  "mov lr, r5\n"                        \
  "add r0, r10, r0, lsl #21\n"          \
  "smlal r12, lr, r0, r4\n"             \
  "add lr, lr, r0, asr #31\n"           \
  "ldrsb r0, [r1], #1\n"                \
  "asr lr, lr, r6\n"                    \
  "add lr, r11, lr, lsl #1\n"           \
  "add r0, lr, r0, lsl #20\n"           \
  "mov r12, #0x80000000\n"              \
  "mov lr, r8\n"                        \
  "smlal r12, lr, r0, r7\n"             \
  "add lr, lr, r0, asr #31\n"           \
  "asr lr, lr, r9\n"                    \
  "ssat lr, #8, lr\n"                   \
  "strb lr, [r3], #1\n"

// clang-format on

/// An even number of elements: 17 instructions each.
[[gnu::naked, gnu::noinline]] void add_even(const Sum& /*sum*/) noexcept {
  asm("push {r4-r11, lr}\n"
      "add r12, r0, #44\n"
      "ldr r12, [r12]\n"
      "push {r12}\n"
      "ldm r0, {r1-r11}\n"
      "1:\n"  //
      AIOT_PLAIN_ADD AIOT_PLAIN_ADD
      "ldr r12, [sp]\n"
      "cmp r3, r12\n"
      "bne 1b\n"
      "pop {r12}\n"
      "pop {r4-r11, pc}\n");
}

void clamp_codes(std::int8_t* code, const std::int8_t* end, const OutputS8& rules) noexcept {
  const std::int32_t lo = rules.lo;
  const std::int32_t hi = rules.hi;
  for (; code != end; ++code) {
    *code = static_cast<std::int8_t>(clamp(*code, lo, hi));
  }
}

/// Does the even part of usual sums; returns how many elements it has done.
std::uint32_t add_usual(const AddS8& params, const Memory& memory) noexcept {
  const bool input_halved = is_half(params.input_factor);
  const Multiplier side = input_halved ? params.other_factor : params.input_factor;
  const std::uint32_t even = params.elements & ~1U;
  if (params.left_shift != kSumShift || (!input_halved && !is_half(params.other_factor)) ||
      !Rescale::fits(side.shift) || !Rescale::fits(params.output_factor.shift) || even == 0) {
    return 0;
  }
  const Rescale rounded(side.multiplier, side.shift, 0);
  const Rescale rescale(
      params.output_factor.multiplier, params.output_factor.shift, params.out.zero_point);
  const Operand halved = input_halved ? params.input : params.other;
  const Operand other = input_halved ? params.other : params.input;
  const std::int32_t halved_offset = input_halved ? params.input_offset : params.other_offset;
  const std::int32_t other_offset = input_halved ? params.other_offset : params.input_offset;
  std::int8_t* out = memory.write_s8(params.output);
  add_even({memory.read_s8(halved),
            memory.read_s8(other),
            out,
            rounded.multiplier,
            rounded.addend,
            rounded.exponent,
            rescale.multiplier,
            rescale.addend,
            rescale.exponent,
            shift_left(other_offset, kSumShift + 1),
            shift_left(halved_offset, kSumShift),
            out + even});
  if (params.out.lo != -128 || params.out.hi != 127) {
    clamp_codes(out, out + even, params.out);
  }
  return even;
}

#else

std::uint32_t add_usual(const AddS8& /*params*/, const Memory& /*memory*/) noexcept {
  return 0;
}

#endif

}  // namespace

void add_s8(const AddS8& params, const Memory& memory) noexcept {
  const std::uint32_t done = add_usual(params, memory);
  if (done == params.elements) {
    return;
  }
  AddS8 rest = params;
  rest.input.address += done;
  rest.other.address += done;
  rest.output += done;
  rest.elements -= done;
  if (adds_fast(rest)) {
    add_fast<false>(rest, memory);
  } else {
    ref::add_s8(rest, memory);
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
  const std::int32_t lo = params.out.lo;
  const std::int32_t hi = params.out.hi;
  const Rescale rescale(params.factor.multiplier, params.factor.shift, params.out.zero_point);
  while (input != end) {
    const std::int32_t twice = (*input++ + input_offset) * (*other++ * 2 + other_offset);
    *out++ = static_cast<std::int8_t>(clamp(rescale(twice), lo, hi));
  }
}

}  // namespace aiot::nn::plain
