// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::record {

/// Whether `item` is exactly one item in deterministic form, at most `Decoder::kMaxDepth` deep:
/// shortest heads and floats, definite lengths, sorted keys without duplicates, UTF-8.
/// Errors: as for `Decoder`; `kInvalidArgument` CBOR in another form, or something follows.
Status check_deterministic(Bytes item) noexcept;

}  // namespace aiot::record
