// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/scheme.hpp"

#include "aiot/crypto/der.hpp"
#include "aiot/crypto/signature.hpp"

namespace aiot::crypto {

Status verify_p256_image(Bytes key, const Hash256& digest, Bytes signature) noexcept {
  AIOT_TRY_ASSIGN(const Bytes point, point_of_spki(key));
  AIOT_TRY_ASSIGN(const P256Signature numbers, decode_ecdsa(signature));
  return verify_p256(point, digest, numbers);
}

}  // namespace aiot::crypto
