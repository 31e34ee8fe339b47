// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/nn/kernels.hpp"
// The kernel set that the build chose by its folder; see cmake/kernels.cmake.
#include AIOT_BACKEND_HEADER

namespace aiot::bench {

/// All kernels of the back-end that is measured.
inline const nn::KernelSet& backend() noexcept {
  return nn::AIOT_BACKEND::kernels;
}

}  // namespace aiot::bench
