// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/bytes.hpp"

namespace aiot::crypto {

/// True when both are equal; the time depends on the sizes only, not on where they differ.
[[nodiscard]] bool equal_constant_time(Bytes a, Bytes b) noexcept;

}  // namespace aiot::crypto
