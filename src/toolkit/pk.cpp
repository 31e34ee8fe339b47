// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "src/toolkit/pk.hpp"

#include <mbedtls/pk.h>

namespace aiot::toolkit {

void FreePk::operator()(mbedtls_pk_context* key) const noexcept {
  mbedtls_pk_free(key);
  delete key;
}

Pk make_pk() {
  Pk pk(new mbedtls_pk_context{});
  mbedtls_pk_init(pk.get());
  return pk;
}

}  // namespace aiot::toolkit
