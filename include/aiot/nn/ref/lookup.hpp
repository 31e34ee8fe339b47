// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/nn/kernels.hpp"

namespace aiot::nn::ref {

/// Any function of one 8-bit code, as its table of 256 bytes; shapes in `Lookup8`. The output may
/// be the input. `params` must have passed its check.
inline void lookup_8(const Lookup8& params, const Memory& memory) noexcept {
  const auto* in =
      static_cast<const std::uint8_t*>(static_cast<const void*>(memory.read(params.input)));
  const auto* table = memory.constants<std::int8_t>(params.table);
  std::int8_t* out = memory.write_s8(params.output);
  for (std::uint32_t i = 0; i < params.elements; ++i) {
    out[i] = table[in[i]];
  }
}

}  // namespace aiot::nn::ref
