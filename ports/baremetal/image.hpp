// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/bytes.hpp"

namespace aiot::baremetal {

/// The running firmware as it was linked: code, constants and initial data. Its hash is the
/// firmware's identity.
Bytes image() noexcept;

}  // namespace aiot::baremetal
