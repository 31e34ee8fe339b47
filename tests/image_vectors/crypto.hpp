// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "aiot/crypto/scheme.hpp"

/// What the two firmwares differ in: the crypto module of applications, or that of boot loaders.
namespace aiot::image_vectors {

void begin() noexcept;
std::span<const crypto::SignatureScheme> schemes() noexcept;

}  // namespace aiot::image_vectors
