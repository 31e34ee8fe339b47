// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/crypto/signature.hpp"

#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>

#include <algorithm>

#include "aiot/crypto/mac.hpp"

namespace aiot::crypto {
namespace {

constexpr std::size_t kScalarBytes = 32;

// Big numbers of Mbed TLS that free themselves.
struct Number {
  mbedtls_mpi value{};

  Number() noexcept { mbedtls_mpi_init(&value); }

  ~Number() { mbedtls_mpi_free(&value); }

  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
};

struct Point {
  mbedtls_ecp_point value{};

  Point() noexcept { mbedtls_ecp_point_init(&value); }

  ~Point() { mbedtls_ecp_point_free(&value); }

  Point(const Point&) = delete;
  Point& operator=(const Point&) = delete;
};

struct Curve {
  mbedtls_ecp_group value{};

  Curve() noexcept { mbedtls_ecp_group_init(&value); }

  ~Curve() { mbedtls_ecp_group_free(&value); }

  Curve(const Curve&) = delete;
  Curve& operator=(const Curve&) = delete;

  [[nodiscard]] int load() noexcept {
    return mbedtls_ecp_group_load(&value, MBEDTLS_ECP_DP_SECP256R1);
  }
};

const unsigned char* chars(const std::byte* data) noexcept {
  return reinterpret_cast<const unsigned char*>(data);
}

unsigned char* chars(std::byte* data) noexcept {
  return reinterpret_cast<unsigned char*>(data);
}

// Out of memory is the pool's fault, not the signature's; everything else means `otherwise`.
Error error_of(int status, Error otherwise) noexcept {
  const bool no_memory =
      status == MBEDTLS_ERR_MPI_ALLOC_FAILED || status == MBEDTLS_ERR_ECP_ALLOC_FAILED;
  return no_memory ? Error::kNoSpace : otherwise;
}

// Blinding hides the key from who measures time or power; it does not change the result. A stream
// from key and digest serves, so that signing needs no entropy.
class Blinding {
 public:
  Blinding(Bytes private_key, Bytes digest) noexcept : seed_(hmac_sha256(private_key, digest)) {}

  static int fill(void* self, unsigned char* out, std::size_t size) noexcept {
    auto& blinding = *static_cast<Blinding*>(self);
    while (size > 0) {
      std::array<std::byte, 4> counter{};
      store_le32(counter.data(), blinding.counter_++);
      const Hash256 block = hmac_sha256(blinding.seed_, counter);
      const std::size_t count = std::min(size, block.size());
      std::copy_n(chars(block.data()), count, out);
      out += count;
      size -= count;
    }
    return 0;
  }

 private:
  Hash256 seed_;
  std::uint32_t counter_ = 0;
};

// Loads the private key and checks its range.
Status load_private(Bytes private_key, const Curve& curve, Number& scalar) noexcept {
  if (private_key.size() != kP256PrivateKeyBytes) {
    return Error::kInvalidArgument;
  }
  const int read = mbedtls_mpi_read_binary(&scalar.value, chars(private_key.data()), kScalarBytes);
  if (read != 0) {
    return error_of(read, Error::kInvalidArgument);
  }
  const int check = mbedtls_ecp_check_privkey(&curve.value, &scalar.value);
  return check == 0 ? Status{} : error_of(check, Error::kInvalidArgument);
}

Status load_public(Bytes public_key, const Curve& curve, Point& point) noexcept {
  // Compressed and hybrid forms are not ours.
  if (public_key.size() != kP256PublicKeyBytes || public_key[0] != std::byte{4}) {
    return Error::kInvalidArgument;
  }
  int status = mbedtls_ecp_point_read_binary(
      &curve.value, &point.value, chars(public_key.data()), public_key.size());
  if (status == 0) {
    status = mbedtls_ecp_check_pubkey(&curve.value, &point.value);
  }
  return status == 0 ? Status{} : error_of(status, Error::kInvalidArgument);
}

}  // namespace

Status verify_p256(Bytes public_key, const Hash256& digest, Bytes signature) noexcept {
  if (signature.size() != kP256SignatureBytes) {
    return Error::kInvalidArgument;
  }
  Curve curve;
  if (const int status = curve.load(); status != 0) {
    return error_of(status, Error::kUnsupported);
  }
  Point key;
  AIOT_TRY(load_public(public_key, curve, key));
  Number r;
  Number s;
  int status = mbedtls_mpi_read_binary(&r.value, chars(signature.data()), kScalarBytes);
  if (status == 0) {
    status =
        mbedtls_mpi_read_binary(&s.value, chars(signature.data()) + kScalarBytes, kScalarBytes);
  }
  if (status == 0) {
    status = mbedtls_ecdsa_verify(
        &curve.value, chars(digest.data()), digest.size(), &key.value, &r.value, &s.value);
  }
  return status == 0 ? Status{} : error_of(status, Error::kUnauthentic);
}

Result<P256Signature> sign_p256(Bytes private_key, const Hash256& digest) noexcept {
  Curve curve;
  if (const int status = curve.load(); status != 0) {
    return error_of(status, Error::kUnsupported);
  }
  Number scalar;
  AIOT_TRY(load_private(private_key, curve, scalar));
  Number r;
  Number s;
  Blinding blinding(private_key, digest);
  int status = mbedtls_ecdsa_sign_det_ext(&curve.value,
                                          &r.value,
                                          &s.value,
                                          &scalar.value,
                                          chars(digest.data()),
                                          digest.size(),
                                          MBEDTLS_MD_SHA256,
                                          &Blinding::fill,
                                          &blinding);
  P256Signature signature{};
  if (status == 0) {
    status = mbedtls_mpi_write_binary(&r.value, chars(signature.data()), kScalarBytes);
  }
  if (status == 0) {
    status =
        mbedtls_mpi_write_binary(&s.value, chars(signature.data()) + kScalarBytes, kScalarBytes);
  }
  return status == 0 ? Result<P256Signature>(signature) : error_of(status, Error::kInvalidArgument);
}

Result<P256PublicKey> public_key_p256(Bytes private_key) noexcept {
  Curve curve;
  if (const int status = curve.load(); status != 0) {
    return error_of(status, Error::kUnsupported);
  }
  Number scalar;
  AIOT_TRY(load_private(private_key, curve, scalar));
  Point point;
  Blinding blinding(private_key, {});
  int status = mbedtls_ecp_mul(
      &curve.value, &point.value, &scalar.value, &curve.value.G, &Blinding::fill, &blinding);
  P256PublicKey key{};
  std::size_t size = 0;
  if (status == 0) {
    status = mbedtls_ecp_point_write_binary(&curve.value,
                                            &point.value,
                                            MBEDTLS_ECP_PF_UNCOMPRESSED,
                                            &size,
                                            chars(key.data()),
                                            key.size());
  }
  return status == 0 && size == key.size() ? Result<P256PublicKey>(key)
                                           : error_of(status, Error::kInvalidArgument);
}

}  // namespace aiot::crypto
