// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "aiot/nn/kernels.hpp"
#include "aiot/nn/ref/walk.hpp"

namespace aiot::nn::ref {

namespace detail {

/// Regions that overlap come from a damaged package only, and memcpy is the faster one.
inline void move_bytes(std::byte* to, const std::byte* from, std::uint32_t bytes) noexcept {
  const auto ahead = reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from);
  if (ahead >= bytes && std::uintptr_t{0} - ahead >= bytes) {
    std::memcpy(to, from, bytes);
  } else {
    std::memmove(to, from, bytes);
  }
}

}  // namespace detail

/// Strided copy; shapes in `Copy`. `params` must have passed its check. Regions that overlap, which
/// no compiler makes, leave some of the bytes in both.
inline void copy(const Copy& params, const Memory& memory) noexcept {
  const std::byte* in = memory.read(params.input);
  std::byte* out = memory.arena + params.output;
  std::uint32_t input_step[detail::kWalkDims];
  for (std::size_t i = 0; i < detail::kWalkDims; ++i) {
    input_step[i] = static_cast<std::uint32_t>(params.input_step[i]);
  }
  detail::for_each_index(params.extent,
                         detail::Steps{input_step, params.input_start},
                         detail::Steps{params.output_step, params.output_start},
                         [&](std::uint32_t from, std::uint32_t to) {
                           if (params.element_bytes == 1) {
                             out[to] = in[from];
                           } else {
                             detail::move_bytes(out + to, in + from, params.element_bytes);
                           }
                         });
}

/// Sets bytes; ranges in `Fill`. `params` must have passed its check.
inline void fill(const Fill& params, const Memory& memory) noexcept {
  std::memset(memory.arena + params.output, static_cast<int>(params.value), params.bytes);
}

}  // namespace aiot::nn::ref
