// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/nn/ref/float_edges.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "aiot/nn/quant.hpp"

namespace aiot::nn::ref {
namespace {

// The arena is bytes and holds floats only for a while: they are copied, which is one instruction
// because their addresses are multiples of 4.

float load(const std::byte* from) noexcept {
  float value = 0.0F;
  std::memcpy(&value, std::assume_aligned<4>(from), sizeof value);
  return value;
}

void store(float value, std::byte* to) noexcept {
  std::memcpy(std::assume_aligned<4>(to), &value, sizeof value);
}

}  // namespace

void quantize_f32_s8(const QuantizeF32S8& params, const Memory& memory) noexcept {
  const std::byte* in = memory.read(params.input);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t i = 0; i < params.elements; ++i) {
    out[i] = quantize(load(in), {params.scale, params.zero_point});
    in += sizeof(float);
  }
}

void dequantize_s8_f32(const DequantizeS8F32& params, const Memory& memory) noexcept {
  const std::int8_t* in = memory.read_s8(params.input);
  std::byte* out = memory.arena + params.output;
  for (std::uint32_t i = 0; i < params.elements; ++i) {
    // scale * integer of 9 bits is exact in double: its float32 is the float32 product.
    store(dequantize(in[i], {params.scale, params.zero_point}), out);
    out += sizeof(float);
  }
}

}  // namespace aiot::nn::ref
