// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys into files.

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "aiot/toolkit/hex.hpp"
#include "aiot/toolkit/keys.hpp"
#include "src/toolkit/key_der.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

using crypto::KeyKind;

constexpr std::size_t kPemColumns = 64;
constexpr std::size_t kDeviceKeyBytes = 32;
constexpr int kOwnerOnly = 0600;
constexpr int kEverybody = 0644;

/// AlgorithmIdentifier of RSA (RFC 8017, A.1): OID and NULL.
constexpr auto kRsaAlgorithm = std::to_array<std::uint8_t>(
    {0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00});
/// PKCS#8 around an ECPrivateKey (RFC 5915) of P-256, up to the scalar, and from there to the
/// point.
constexpr auto kP256Begin = std::to_array<std::uint8_t>(
    {0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86,
     0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
     0x03, 0x01, 0x07, 0x04, 0x6D, 0x30, 0x6B, 0x02, 0x01, 0x01, 0x04, 0x20});
constexpr auto kP256Middle = std::to_array<std::uint8_t>({0xA1, 0x44, 0x03, 0x42, 0x00});
constexpr std::size_t kPointBytes = 65;
constexpr auto kVersion0 = std::to_array<std::uint8_t>({0x02, 0x01, 0x00});

void append(std::vector<std::byte>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

template <std::size_t kSize>
void append(std::vector<std::byte>& out, const std::array<std::uint8_t, kSize>& bytes) {
  append(out, bytes_of(bytes.data(), bytes.size()));
}

std::vector<std::byte> pkcs8_of(const PrivateKey& key) {
  std::vector<std::byte> out;
  switch (key.kind()) {
    case KeyKind::kP256:
      append(out, kP256Begin);
      append(out, key.secret());
      append(out, kP256Middle);
      append(out, Bytes(key.public_key().encoding).last(kPointBytes));
      return out;
    case KeyKind::kEd25519:
      append(out, bytes_of(kEd25519Pkcs8Begin, sizeof kEd25519Pkcs8Begin));
      append(out, key.secret());
      return out;
    case KeyKind::kRsa2048:
      append(out, kVersion0);
      append(out, kRsaAlgorithm);
      append(out, der_element(kDerOctetString, key.secret()));
      return der_element(kDerSequence, out);
  }
  return out;
}

std::vector<std::byte> spki_of(const PublicKey& key) {
  if (key.kind != KeyKind::kRsa2048) {
    return key.encoding;
  }
  std::vector<std::byte> bits{std::byte{0}};  // no unused bits
  append(bits, key.encoding);
  std::vector<std::byte> out;
  append(out, kRsaAlgorithm);
  append(out, der_element(kDerBitString, bits));
  return der_element(kDerSequence, out);
}

std::string pem(const std::string& label, Bytes der) {
  std::string text(sodium_base64_ENCODED_LEN(der.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  (void)sodium_bin2base64(
      text.data(), text.size(), chars(der.data()), der.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the NUL
  std::string out = "-----BEGIN " + label + "-----\n";
  for (std::size_t at = 0; at < text.size(); at += kPemColumns) {
    out.append(text, at, kPemColumns).append("\n");
  }
  return out + "-----END " + label + "-----\n";
}

/// 0, or errno. Nothing that exists is opened.
int write_new(const std::string& path, const std::string& text, int mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) {
    return errno;
  }
  int error = 0;
  for (std::size_t at = 0; at < text.size() && error == 0;) {
    const ssize_t written = ::write(file, text.data() + at, text.size() - at);
    error = written < 0 && errno != EINTR ? errno : 0;
    at += written < 0 ? 0 : static_cast<std::size_t>(written);
  }
  error = error == 0 && ::fsync(file) != 0 ? errno : error;
  error = ::close(file) != 0 && error == 0 ? errno : error;
  if (error != 0) {
    (void)::unlink(path.c_str());
  }
  return error;
}

Problem write_problem(const std::string& path, int error) {
  if (error == EEXIST) {
    return problem_in(path, "is there already, and keys are never overwritten; use another name");
  }
  return problem_in(path,
                    "can not be written (" + std::generic_category().message(error) +
                        "); check the folder and its permissions");
}

}  // namespace

std::string private_pem(const PrivateKey& key) {
  return pem("PRIVATE KEY", pkcs8_of(key));
}

std::string public_pem(const PublicKey& key) {
  return pem("PUBLIC KEY", spki_of(key));
}

std::optional<Problem> write_key_pair(const std::string& name, const PrivateKey& key) {
  const std::string secret_path = name + ".pem";
  const std::string public_path = name + ".pub.pem";
  if (const int error = write_new(secret_path, private_pem(key), kOwnerOnly); error != 0) {
    return write_problem(secret_path, error);
  }
  if (const int error = write_new(public_path, public_pem(key.public_key()), kEverybody);
      error != 0) {
    (void)::unlink(secret_path.c_str());  // half a pair is of no use, and would bar the name
    return write_problem(public_path, error);
  }
  return std::nullopt;
}

std::optional<Problem> write_device_key(const std::string& name) {
  std::array<std::byte, kDeviceKeyBytes> key{};
  if (sodium_init() < 0) {
    return Problem{"no random numbers from the system; try again"};
  }
  randombytes_buf(key.data(), key.size());
  const std::string path = name + ".key";
  const int error = write_new(path, hex(key) + "\n", kOwnerOnly);
  sodium_memzero(key.data(), key.size());
  return error == 0 ? std::nullopt : std::optional(write_problem(path, error));
}

}  // namespace aiot::toolkit
