// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// What private keys do: they are made, and they sign.

#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <sodium.h>

#include <array>
#include <utility>

#include "aiot/crypto/der.hpp"
#include "aiot/crypto/signature.hpp"
#include "aiot/toolkit/ed25519.hpp"
#include "aiot/toolkit/keys.hpp"
#include "src/toolkit/key_der.hpp"
#include "src/toolkit/pk.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

using crypto::KeyKind;

constexpr unsigned kRsaBits = 2048;
constexpr int kRsaExponent = 65537;
constexpr int kSaltBytes = 32;
constexpr std::size_t kRsaSignatureBytes = kRsaBits / 8;

constexpr const char* kNewKey = "new key";

int fill_random(void* /*none*/, unsigned char* out, std::size_t size) noexcept {
  randombytes_buf(out, size);
  return 0;
}

/// A key is made as a file and read: what is written later was proved to be readable.
Loaded<PrivateKey> read_back(std::vector<std::byte> der) {
  auto key = parse_private_key(der, kNewKey);
  sodium_memzero(der.data(), der.size());
  return key;
}

Loaded<PrivateKey> generate_p256() {
  std::vector<std::byte> scalar(crypto::kP256PrivateKeyBytes);
  auto point = Result<crypto::P256PublicKey>(Error::kInvalidArgument);
  while (!point.ok()) {  // out of range once in 2^32 times
    randombytes_buf(scalar.data(), scalar.size());
    point = crypto::public_key_p256(scalar);
  }
  const crypto::P256Spki spki = crypto::spki_of_point(*point);
  return PrivateKey({KeyKind::kP256, {spki.begin(), spki.end()}}, std::move(scalar));
}

Loaded<PrivateKey> generate_ed25519() {
  const Bytes begin = bytes_of(kEd25519Pkcs8Begin, sizeof kEd25519Pkcs8Begin);
  std::vector<std::byte> der(begin.size() + kEd25519KeyBytes);
  std::copy(begin.begin(), begin.end(), der.begin());
  randombytes_buf(der.data() + begin.size(), kEd25519KeyBytes);
  return read_back(std::move(der));
}

Loaded<PrivateKey> generate_rsa() {
  const Pk pk = make_pk();
  std::vector<std::byte> out(2048);
  int size = mbedtls_pk_setup(pk.get(), mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
  if (size == 0) {
    size = mbedtls_rsa_gen_key(mbedtls_pk_rsa(*pk), &fill_random, nullptr, kRsaBits, kRsaExponent);
  }
  size = size == 0 ? mbedtls_pk_write_key_der(pk.get(), chars(out.data()), out.size()) : size;
  if (size <= 0) {
    return problem_in(kNewKey, "could not be made; is there memory left?");
  }
  std::vector<std::byte> der(out.end() - size, out.end());
  sodium_memzero(out.data(), out.size());
  return read_back(std::move(der));
}

Loaded<std::vector<std::byte>> failed() {
  return problem_in("signature", "could not be made with this key; use another key");
}

Loaded<std::vector<std::byte>> sign_p256(Bytes scalar, const Hash256& digest) {
  const auto signature = crypto::sign_p256(scalar, digest);
  if (!signature.ok()) {
    return failed();
  }
  std::array<std::byte, crypto::kMaxEcdsaDerBytes> der{};
  const std::size_t size = crypto::encode_ecdsa(*signature, der);
  return std::vector<std::byte>(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size));
}

Loaded<std::vector<std::byte>> sign_rsa(Bytes der, const Hash256& digest) {
  const Pk pk = make_pk();
  if (mbedtls_pk_parse_key(pk.get(), chars(der.data()), der.size(), nullptr, 0) != 0 ||
      mbedtls_pk_get_type(pk.get()) != MBEDTLS_PK_RSA) {
    return failed();
  }
  mbedtls_rsa_context* const rsa = mbedtls_pk_rsa(*pk);
  mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
  std::vector<std::byte> signature(kRsaSignatureBytes);
  const int status = mbedtls_rsa_rsassa_pss_sign_ext(rsa,
                                                     &fill_random,
                                                     nullptr,
                                                     MBEDTLS_MD_SHA256,
                                                     static_cast<unsigned>(digest.size()),
                                                     chars(digest.data()),
                                                     kSaltBytes,
                                                     chars(signature.data()));
  return status == 0 ? Loaded<std::vector<std::byte>>(std::move(signature)) : failed();
}

Loaded<std::vector<std::byte>> sign_ed25519(Bytes seed, const Hash256& digest) {
  std::array<std::byte, crypto_sign_PUBLICKEYBYTES> point{};
  std::array<std::byte, crypto_sign_SECRETKEYBYTES> secret{};
  std::vector<std::byte> signature(crypto_sign_BYTES);
  (void)crypto_sign_seed_keypair(chars(point.data()), chars(secret.data()), chars(seed.data()));
  (void)crypto_sign_detached(
      chars(signature.data()), nullptr, chars(digest.data()), digest.size(), chars(secret.data()));
  sodium_memzero(secret.data(), secret.size());
  return signature;
}

}  // namespace

Loaded<PrivateKey> generate_key(KeyKind kind) {
  if (sodium_init() < 0) {
    return problem_in(kNewKey, "the system gives no random numbers; check /dev/urandom");
  }
  switch (kind) {
    case KeyKind::kP256:
      return generate_p256();
    case KeyKind::kRsa2048:
      return generate_rsa();
    case KeyKind::kEd25519:
      return generate_ed25519();
  }
  return problem_in(kNewKey, "its kind is unknown");
}

Loaded<std::vector<std::byte>> sign_digest(const PrivateKey& key, const Hash256& digest) {
  if (sodium_init() < 0) {
    return failed();
  }
  switch (key.kind()) {
    case KeyKind::kP256:
      return sign_p256(key.secret(), digest);
    case KeyKind::kRsa2048:
      return sign_rsa(key.secret(), digest);
    case KeyKind::kEd25519:
      return sign_ed25519(key.secret(), digest);
  }
  return failed();
}

}  // namespace aiot::toolkit
