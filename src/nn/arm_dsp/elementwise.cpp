// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "aiot/nn/arm_dsp/kernels.hpp"
#include "src/nn/arm_dsp/dsp.hpp"

// Four elements per word of each operand. Parameters that the usual networks do not have go to
// `ref`, element by element.
namespace aiot::nn::arm_dsp {
namespace {

/// From a doubled sum to a code; the right shift in [1, kMostRight].
class ToCode {
 public:
  static constexpr std::int32_t kMostRight = 22;

  static bool fits(Multiplier factor) noexcept {
    return factor.shift <= -1 && factor.shift >= -kMostRight;
  }

  ToCode(Multiplier factor, const OutputS8& out) noexcept
      : multiplier_(factor.multiplier),
        right_(static_cast<std::uint32_t>(-factor.shift)),
        addend_((std::int32_t{1} << (right_ - 1U)) + out.zero_point * (std::int32_t{1} << right_)),
        clamps_(out.lo != -128 || out.hi != 127),
        lo_(0x0101'0101U * static_cast<std::uint8_t>(out.lo)),
        hi_(0x0101'0101U * static_cast<std::uint8_t>(out.hi)) {}

  /// Not saturated.
  [[nodiscard]] std::uint32_t operator()(std::int32_t doubled) const noexcept {
    const std::int32_t high = multiply_high_add(doubled, multiplier_, addend_);
    return static_cast<std::uint32_t>(wrap_add(high, doubled >> 31) >> right_);
  }

  /// Four of them as a word of codes.
  [[nodiscard]] std::uint32_t word(std::uint32_t a,
                                   std::uint32_t b,
                                   std::uint32_t c,
                                   std::uint32_t d) const noexcept {
    const std::uint32_t even = saturate_pair(pack_low(a, c));
    const std::uint32_t odd = saturate_pair(pack_low(b, d));
    std::uint32_t codes = even | (odd << 8U);
    if (clamps_) {
      codes = largest_codes(codes, lo_);
      codes = smallest_codes(codes, hi_);
    }
    return codes;
  }

 private:
  static std::uint32_t saturate_pair(std::uint32_t pair) noexcept {
    std::uint32_t result;
    asm("ssat16 %0, #8, %1\n\tuxtb16 %0, %0" : "=r"(result) : "r"(pair));
    return result;
  }

  std::int32_t multiplier_;
  std::uint32_t right_;
  std::int32_t addend_;
  bool clamps_;
  std::uint32_t lo_;
  std::uint32_t hi_;
};

// --- addition ---

/// What `AddS8` says, for two operands of which one is only shifted: the larger scale of the two
/// has the factor 1/2.
struct Addition {
  const std::int8_t* shifted = nullptr;
  const std::int8_t* scaled = nullptr;
  std::uint32_t scaled_zero = 0;  ///< zero point, times 256, in both halfwords
  std::int32_t weight = 2048;     ///< of 256 times a code: code << 19, or its negative
  std::int32_t constant2 = 0;     ///< what the shifted operand's zero point adds, doubled
  std::int32_t multiplier = 0;    ///< of the scaled operand
  std::uint32_t right = 0;        ///< at least 1
};

constexpr bool is_half(Multiplier factor) noexcept {
  return factor.multiplier == 1 << 30 && factor.shift == 0;
}

std::uint32_t zeros(std::int16_t offset) noexcept {
  return 0x0001'0001U * (static_cast<std::uint32_t>(-offset * 256) & 0xFFFFU);
}

/// Whether the fast path has this sum; then `made` says how.
bool plan(const AddS8& params, const Memory& memory, bool subtract, Addition& made) noexcept {
  // Sums are at most 510 * 2^19: with a larger factor a code may need more than the 16 bits that
  // `ToCode::word` saturates.
  constexpr std::int32_t kLeastRight = 13;
  const bool first = is_half(params.input_factor);
  if (params.left_shift != 20 || !ToCode::fits(params.output_factor) ||
      params.output_factor.shift > -kLeastRight || !(first || is_half(params.other_factor))) {
    return false;
  }
  const std::int8_t* input = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  Multiplier factor = first ? params.other_factor : params.input_factor;
  if (is_half(factor)) {
    // Gives code << 20, one shift later: a product that is a little too small rounds up to it.
    factor = {std::numeric_limits<std::int32_t>::max(), -1};
  }
  if (factor.shift > -1) {
    return false;
  }
  made.shifted = first ? input : other;
  made.scaled = first ? other : input;
  made.scaled_zero = zeros(first ? params.other_offset : params.input_offset);
  made.weight = subtract && !first ? -2048 : 2048;
  made.constant2 = (first ? params.input_offset : params.other_offset) * made.weight * 512;
  made.multiplier = factor.multiplier;
  made.right = static_cast<std::uint32_t>(-factor.shift);
  return true;
}

enum class Scaled : std::uint8_t { kAdded, kSubtracted };

/// value * factor at the common scale for both halfwords of `values`: the product with 128 times
/// the code, shifted right by 16, has two bits more than the doubling multiply of the reference.
struct Pair {
  std::int32_t bottom;
  std::int32_t top;
};

template <Scaled scaled>
Pair sums(const Addition& add,
          std::int32_t half,
          std::int32_t shifted,
          std::int32_t values) noexcept {
  const auto rounded = [&](std::int32_t product) {
    const std::int32_t value = ((product >> 2) + half + (product >> 31)) >> add.right;
    return scaled == Scaled::kAdded ? value : -value;
  };
  return {__smlabb(shifted, add.weight, rounded(__smlawb(add.multiplier, values, 2))),
          __smlatb(shifted, add.weight, rounded(__smlawt(add.multiplier, values, 2)))};
}

/// 256 times codes 1 and 3 of `word`.
std::int32_t high_codes(std::uint32_t word) noexcept {
  return static_cast<std::int32_t>(word & 0xFF00'FF00U);
}

/// 128 * (code - zero point) of codes 1 and 3 of `word`.
std::int32_t centred(std::uint32_t word, std::uint32_t zero) noexcept {
  return __shsub16(high_codes(word), static_cast<std::int32_t>(zero));
}

template <Scaled scaled>
void add_words(const AddS8& params, const Addition& plan, std::int8_t* out) noexcept {
  // Copies: what is written through `out` can not change them.
  const Addition add = plan;
  const ToCode code(params.output_factor, params.out);
  const std::int32_t half = std::int32_t{1} << (add.right - 1U);
  const std::int8_t* shifted = add.shifted;
  const std::int8_t* scaled_codes = add.scaled;
  for (std::uint32_t words = params.elements / 4U; words != 0; --words) {
    const std::uint32_t a = load_word(shifted);
    const std::uint32_t b = load_word(scaled_codes);
    const Pair even =
        sums<scaled>(add, half, high_codes(a << 8U), centred(b << 8U, add.scaled_zero));
    const Pair odd = sums<scaled>(add, half, high_codes(a), centred(b, add.scaled_zero));
    store_word(out,
               code.word(code(add.constant2 + even.bottom * 2),
                         code(add.constant2 + odd.bottom * 2),
                         code(add.constant2 + even.top * 2),
                         code(add.constant2 + odd.top * 2)));
    shifted += 4;
    scaled_codes += 4;
    out += 4;
  }
}

std::int32_t bottom_product(std::int32_t a, std::int32_t b) noexcept {
  return static_cast<std::int16_t>(a) * static_cast<std::int16_t>(b);
}

std::int32_t top_product(std::int32_t a, std::int32_t b) noexcept {
  return (a >> 16) * (b >> 16);
}

/// The elements that are no whole word.
template <class Params, class One>
void last_elements(const Params& params,
                   const Memory& memory,
                   std::uint32_t from,
                   One one) noexcept {
  const std::int8_t* input = memory.read_s8(params.input);
  const std::int8_t* other = memory.read_s8(params.other);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t i = from; i < params.elements; ++i) {
    out[i] = one(params, input[i], other[i]);
  }
}

}  // namespace

void add_s8(const AddS8& params, const Memory& memory) noexcept {
  std::uint32_t done = 0;
  Addition add;
  if (plan(params, memory, false, add)) {
    add_words<Scaled::kAdded>(params, add, memory.write_s8(params.output));
    done = params.elements & ~3U;
  }
  last_elements(params, memory, done, ref::detail::add_one<ref::detail::Sum::kAdd>);
}

void sub_s8(const AddS8& params, const Memory& memory) noexcept {
  std::uint32_t done = 0;
  Addition add;
  if (plan(params, memory, true, add)) {
    if (add.weight < 0) {
      add_words<Scaled::kAdded>(params, add, memory.write_s8(params.output));
    } else {
      add_words<Scaled::kSubtracted>(params, add, memory.write_s8(params.output));
    }
    done = params.elements & ~3U;
  }
  last_elements(params, memory, done, ref::detail::add_one<ref::detail::Sum::kSubtract>);
}

void mul_s8(const MulS8& params, const Memory& memory) noexcept {
  std::uint32_t done = 0;
  if (ToCode::fits(params.factor)) {
    const ToCode code(params.factor, params.out);
    const std::int8_t* input = memory.read_s8(params.input);
    const std::int8_t* other = memory.read_s8(params.other);
    std::int8_t* out = memory.write_s8(params.output);
    const std::int32_t input_offsets = both_halfwords(params.input_offset);
    const std::int32_t other_offsets = both_halfwords(params.other_offset);
    for (; done + 4 <= params.elements; done += 4) {
      const std::uint32_t a = load_word(input + done);
      const std::uint32_t b = load_word(other + done);
      const std::int32_t even = add_even_codes(input_offsets, a);
      const std::int32_t odd = add_odd_codes(input_offsets, a);
      const std::int32_t even_other = add_even_codes(other_offsets, b);
      const std::int32_t odd_other = add_odd_codes(other_offsets, b);
      store_word(out + done,
                 code.word(code(bottom_product(even, even_other) * 2),
                           code(bottom_product(odd, odd_other) * 2),
                           code(top_product(even, even_other) * 2),
                           code(top_product(odd, odd_other) * 2)));
    }
  }
  last_elements(params, memory, done, ref::detail::multiply_one);
}

}  // namespace aiot::nn::arm_dsp
