// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

struct mbedtls_pk_context;

namespace aiot::toolkit {

struct FreePk {
  void operator()(mbedtls_pk_context* key) const noexcept;
};

/// A key of Mbed TLS and what it holds.
using Pk = std::unique_ptr<mbedtls_pk_context, FreePk>;

/// One that holds no key yet.
Pk make_pk();

}  // namespace aiot::toolkit
