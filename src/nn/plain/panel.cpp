// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "panel.hpp"

#include <bit>

#include "armv7m.hpp"
#include "requantize.hpp"

namespace aiot::nn::plain {
namespace {

#if AIOT_PLAIN_ARMV6M

/// Without a long multiply: byte by byte.
template <std::uint32_t words>
void add_terms(const std::uint32_t* panel,
               const std::int8_t* in,
               std::uint32_t terms,
               std::uint32_t* sums) noexcept {
  for (std::uint32_t word = 0; word < words; ++word) {
    const std::uint32_t* from = panel + word;
    std::uint32_t* to = sums + 4 * word;
    to[0] += kPanelStart;
    to[2] += kPanelStart;
    for (std::uint32_t d = 0; d < terms; ++d, from += words) {
      const std::int32_t value = in[d];
      to[0] += as_unsigned(value * as_signed(*from & 0xFFU));
      to[1] += as_unsigned(value * (as_signed(*from) >> 24));
      to[2] += as_unsigned(value * as_signed((*from >> 16U) & 0xFFU));
      to[3] += as_unsigned(value * static_cast<std::int8_t>(*from >> 8U));
    }
  }
}

#else

template <std::uint32_t words>
void add_terms(const std::uint32_t* panel,
               const std::int8_t* in,
               std::uint32_t terms,
               std::uint32_t* sums) noexcept {
  std::int64_t lanes[2 * words];
  for (std::int64_t& lane : lanes) {
    lane = kPanelStart;
  }
#pragma GCC unroll 4
  for (std::uint32_t d = 0; d < terms; ++d) {
    const std::int64_t value{in[d]};
#pragma GCC unroll 2
    for (std::uint32_t word = 0; word < words; ++word) {
      const std::uint32_t four = *panel++;
      lanes[2 * word] += value * as_signed(four & kPanelMask);
      lanes[2 * word + 1] += value * as_signed(std::rotr(four, 16) & kPanelMask);
    }
  }
  for (std::uint32_t i = 0; i < 2 * words; ++i) {
    const auto bits = static_cast<std::uint64_t>(lanes[i]);
    sums[2 * i] += static_cast<std::uint32_t>(bits) & ((1U << kPanelBits) - 1U);
    sums[2 * i + 1] += static_cast<std::uint32_t>(bits >> kPanelBits);
  }
}

#endif

#if AIOT_PLAIN_ARMV7M

// clang-format off
#define AIOT_PLAIN_WORD(low0, high0, low1, high1)  \
  "ldr r3, [r0], #4\n"                             \
  "and r12, r3, lr\n"                              \
  "smlal " low0 ", " high0 ", r12, r2\n"           \
  "and r3, lr, r3, ror #16\n"                      \
  "smlal " low1 ", " high1 ", r3, r2\n"

/// One term of 8 channels: 11 instructions.
#define AIOT_PLAIN_EIGHT                   \
  "ldrsb r2, [r1], #1\n"                   \
  AIOT_PLAIN_WORD("r4", "r5", "r6", "r7")  \
  AIOT_PLAIN_WORD("r8", "r9", "r10", "r11")

#define AIOT_PLAIN_SPLIT(low, high)             \
  "lsl " high ", " high ", #8\n"                \
  "orr " high ", " high ", " low ", lsr #24\n"  \
  "ubfx " low ", " low ", #0, #24\n"

// clang-format on

/// r0 panel, r1 input, lr mask, r4 to r11 four pairs of lanes; on the stack where the input ends,
/// where its last four ended, and `sums`.
[[gnu::naked, gnu::noinline]] void add_eight(const std::uint32_t* /*panel*/,
                                             const std::int8_t* /*in*/,
                                             std::uint32_t /*terms*/,
                                             std::uint32_t* /*sums*/) noexcept {
  asm("push {r3-r11, lr}\n"
      "bic r12, r2, #3\n"
      "add r12, r12, r1\n"
      "add r2, r2, r1\n"
      "push {r2, r12}\n"
      "mov lr, #0xFF\n"
      "orr lr, lr, #0xFF000000\n"
      "mov r4, #0x800000\n"
      "mov r5, #0\n"
      "mov r6, r4\n"
      "mov r7, r5\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r4\n"
      "mov r11, r5\n"
      "cmp r1, r12\n"
      "beq 2f\n"
      "1:\n"  //
      AIOT_PLAIN_EIGHT AIOT_PLAIN_EIGHT AIOT_PLAIN_EIGHT AIOT_PLAIN_EIGHT
      "ldr r3, [sp, #4]\n"
      "cmp r1, r3\n"
      "bne 1b\n"
      "2:\n"
      "ldr r3, [sp]\n"
      "cmp r1, r3\n"
      "beq 3f\n"  //
      AIOT_PLAIN_EIGHT
      "b 2b\n"
      "3:\n"                                                       //
      AIOT_PLAIN_SPLIT("r4", "r5") AIOT_PLAIN_SPLIT("r6", "r7")    //
      AIOT_PLAIN_SPLIT("r8", "r9") AIOT_PLAIN_SPLIT("r10", "r11")  //
      "ldr r12, [sp, #8]\n"
      "ldm r12, {r0, r1, r2, r3}\n"
      "add r4, r4, r0\n"
      "add r5, r5, r1\n"
      "add r6, r6, r2\n"
      "add r7, r7, r3\n"
      "add lr, r12, #16\n"
      "ldm lr, {r0, r1, r2, r3}\n"
      "add r8, r8, r0\n"
      "add r9, r9, r1\n"
      "add r10, r10, r2\n"
      "add r11, r11, r3\n"
      "stm r12, {r4-r11}\n"
      "add sp, sp, #8\n"
      "pop {r3-r11, pc}\n");
}

/// Channels up to the first whose shift is not one of the usual ones; all of them are clamped to
/// int8 only. r0 channels, r1 sums, r2 out, r3 its end, r4 2 * zero point + 1. Returns the end of
/// what it wrote.
[[gnu::naked, gnu::noinline]] std::int8_t* finish_usual(const Channel* /*channels*/,
                                                        const std::uint32_t* /*sums*/,
                                                        std::int8_t* /*out*/,
                                                        const std::int8_t* /*end*/,
                                                        std::int32_t /*rounding*/) noexcept {
  asm("push {r4-r8, lr}\n"
      "ldr r4, [sp, #24]\n"
      "1:\n"
      "ldm r0!, {r5, r6, r7}\n"
      "ldr r8, [r1], #4\n"
      "mvn r7, r7\n"
      "cmp r7, #22\n"
      "bhs 2f\n"
      "add r5, r5, r8\n"
      "lsl r5, r5, #1\n"
      "lsl r8, r4, r7\n"
      "mov r12, #0x80000000\n"
      "smlal r12, r8, r5, r6\n"
      "add r8, r8, r5, asr #31\n"
      "asr r8, r8, r7\n"
      "asr r8, r8, #1\n"
      "ssat r8, #8, r8\n"
      "strb r8, [r2], #1\n"
      "cmp r2, r3\n"
      "bne 1b\n"
      "2:\n"
      "mov r0, r2\n"
      "pop {r4-r8, pc}\n");
}

template <>
void add_terms<2>(const std::uint32_t* panel,
                  const std::int8_t* in,
                  std::uint32_t terms,
                  std::uint32_t* sums) noexcept {
  add_eight(panel, in, terms, sums);
}

#endif

}  // namespace

template <std::uint32_t outputs>
void add_panel(const std::uint32_t* panel,
               const std::int8_t* in,
               std::uint32_t depth,
               std::uint32_t* sums) noexcept {
  constexpr std::uint32_t kWords = outputs / 4;
  while (depth > kPanelTerms) {
    add_terms<kWords>(panel, in, kPanelTerms, sums);
    panel += kPanelTerms * kWords;
    in += kPanelTerms;
    depth -= kPanelTerms;
  }
  add_terms<kWords>(panel, in, depth, sums);
}

template void add_panel<4>(const std::uint32_t*,
                           const std::int8_t*,
                           std::uint32_t,
                           std::uint32_t*) noexcept;
template void add_panel<8>(const std::uint32_t*,
                           const std::int8_t*,
                           std::uint32_t,
                           std::uint32_t*) noexcept;

void finish_panel(const std::uint32_t* sums,
                  const Channel* channels,
                  std::uint32_t count,
                  const OutputS8& rules,
                  std::int8_t* out) noexcept {
  const std::int32_t zero_point = rules.zero_point;
  const std::int32_t lo = rules.lo;
  const std::int32_t hi = rules.hi;
  std::uint32_t i = 0;
#if AIOT_PLAIN_ARMV7M
  if (lo == -128 && hi == 127) {
    i = static_cast<std::uint32_t>(
        finish_usual(channels, sums, out, out + count, 2 * zero_point + 1) - out);
  }
#endif
  for (; i < count; ++i) {
    const Channel channel = channels[i];
    const auto sum = as_signed(sums[i] + as_unsigned(channel.bias));
    const std::int32_t code =
        Rescale::fits(channel.shift)
            ? Rescale(channel.multiplier, channel.shift, zero_point)(shift_left(sum, 1))
            : wrap_add(requantize(sum, {channel.multiplier, channel.shift}), zero_point);
    out[i] = static_cast<std::int8_t>(clamp(code, lo, hi));
  }
}

}  // namespace aiot::nn::plain
