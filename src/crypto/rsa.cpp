// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <mbedtls/md.h>
#include <mbedtls/rsa.h>

#include "aiot/crypto/der.hpp"
#include "aiot/crypto/scheme.hpp"

namespace aiot::crypto {
namespace {

constexpr std::size_t kModulusBytes = 256;
constexpr std::size_t kMaxExponentBytes = 4;
constexpr int kSaltBytes = 32;
constexpr unsigned kDigestBytes = 32;

struct Rsa {
  mbedtls_rsa_context value{};

  Rsa() noexcept { mbedtls_rsa_init(&value, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256); }

  ~Rsa() { mbedtls_rsa_free(&value); }

  Rsa(const Rsa&) = delete;
  Rsa& operator=(const Rsa&) = delete;
};

const unsigned char* chars(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

bool odd(Bytes number) noexcept {
  return (number.back() & std::byte{1}) != std::byte{0};
}

// Mbed TLS adds the reason to the operation that failed.
bool no_memory(int status) noexcept {
  return status == MBEDTLS_ERR_MPI_ALLOC_FAILED || status == MBEDTLS_ERR_MD_ALLOC_FAILED ||
         status == MBEDTLS_ERR_RSA_PUBLIC_FAILED + MBEDTLS_ERR_MPI_ALLOC_FAILED ||
         status == MBEDTLS_ERR_RSA_BAD_INPUT_DATA + MBEDTLS_ERR_MPI_ALLOC_FAILED;
}

}  // namespace

Status verify_rsa2048_image(Bytes key, const Hash256& digest, Bytes signature) noexcept {
  AIOT_TRY_ASSIGN(const RsaPublicKey parts, decode_rsa_key(key));
  const Bytes n = parts.modulus;
  const Bytes e = parts.exponent;
  // Of one size, so that the time that a verification takes is known.
  if (n.size() != kModulusBytes || (n[0] & std::byte{0x80}) == std::byte{0} || !odd(n) ||
      e.size() > kMaxExponentBytes || !odd(e) || (e.size() == 1 && e[0] == std::byte{1})) {
    return Error::kInvalidArgument;
  }
  if (signature.size() != kModulusBytes) {
    return Error::kCorrupt;
  }
  Rsa rsa;
  // Without a private part there is nothing to complete.
  int status = mbedtls_rsa_import_raw(
      &rsa.value, chars(n), n.size(), nullptr, 0, nullptr, 0, nullptr, 0, chars(e), e.size());
  if (status != 0) {
    return no_memory(status) ? Error::kNoSpace : Error::kInvalidArgument;
  }
  status = mbedtls_rsa_rsassa_pss_verify_ext(&rsa.value,
                                             nullptr,
                                             nullptr,
                                             MBEDTLS_RSA_PUBLIC,
                                             MBEDTLS_MD_SHA256,
                                             kDigestBytes,
                                             chars(digest),
                                             MBEDTLS_MD_SHA256,
                                             kSaltBytes,
                                             chars(signature));
  if (status != 0) {
    return no_memory(status) ? Error::kNoSpace : Error::kUnauthentic;
  }
  return {};
}

}  // namespace aiot::crypto
