// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arm_acle.h>

#include <cstdint>

#include "aiot/nn/arm_dsp/layout.hpp"
#include "aiot/nn/quant.hpp"

/// Instructions of the DSP extension that the compiler has no intrinsic for, or does not combine,
/// and the requantisation of single values.
namespace aiot::nn::arm_dsp {

/// Four codes of any address: the compiler makes one LDR of it.
inline std::uint32_t load_word(const std::int8_t* from) noexcept {
  std::uint32_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return word;
}

inline void store_word(std::int8_t* to, std::uint32_t word) noexcept {
  __builtin_memcpy(to, &word, sizeof word);
}

/// Codes 0 and 2 of a word as halfwords.
inline std::int32_t even_codes(std::uint32_t word) noexcept {
  return __sxtb16(static_cast<std::int32_t>(word));
}

/// Codes 1 and 3 of a word as halfwords.
inline std::int32_t odd_codes(std::uint32_t word) noexcept {
  std::int32_t result;
  asm("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
  return result;
}

/// The second weights of a word's two halfwords `first + 256 * second`, also where that did not
/// fit.
inline std::int32_t second_codes(std::uint32_t word) noexcept {
  return even_codes(((word >> 8U) & 0x00FF'00FFU) + ((word >> 7U) & 0x0001'0001U));
}

/// An offset of codes in both halfwords.
inline std::int32_t both_halfwords(std::int16_t offset) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint16_t>(offset) * 0x0001'0001U);
}

/// base + codes 0 and 2 of a word, halfword by halfword.
inline std::int32_t add_even_codes(std::int32_t base, std::uint32_t word) noexcept {
  return __sxtab16(base, static_cast<std::int32_t>(word));
}

/// base + codes 1 and 3 of a word, halfword by halfword.
inline std::int32_t add_odd_codes(std::int32_t base, std::uint32_t word) noexcept {
  std::int32_t result;
  asm("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(base), "r"(word));
  return result;
}

/// addend + a * b / 2^32, ties up.
inline std::int32_t multiply_high_add(std::int32_t a,
                                      std::int32_t b,
                                      std::int32_t addend) noexcept {
  std::int32_t result;
  asm("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(addend));
  return result;
}

/// `value` moved into [-128, 127].
inline std::int32_t saturate(std::int32_t value) noexcept {
  std::int32_t result;
  asm("ssat %0, #8, %1" : "=r"(result) : "r"(value));
  return result;
}

/// The larger, and the smaller, of each of the four codes.
inline std::uint32_t largest_codes(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint32_t result;
  asm("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
  return result;
}

inline std::uint32_t smallest_codes(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint32_t result;
  asm("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(result) : "r"(a), "r"(b) : "cc");
  return result;
}

/// Low halfwords of both, the second one above.
inline std::uint32_t pack_low(std::uint32_t low, std::uint32_t high) noexcept {
  std::uint32_t result;
  asm("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(low), "r"(high));
  return result;
}

/// High halfwords of both, the second one above.
inline std::uint32_t pack_high(std::uint32_t low, std::uint32_t high) noexcept {
  std::uint32_t result;
  asm("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(high), "r"(low));
  return result;
}

/// The doubled sum of a channel, with its bias, as a code; for every mode. Not in the inner loops
/// of the usual layers, which have it in assembly.
std::int8_t to_code(std::int32_t doubled,
                    const PackedChannel& channel,
                    Mode mode,
                    const OutputS8& out) noexcept;

}  // namespace aiot::nn::arm_dsp
