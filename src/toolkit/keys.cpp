// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/keys.hpp"

#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "aiot/core/check.hpp"
#include "aiot/crypto/der.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/crypto/signature.hpp"
#include "aiot/toolkit/ed25519.hpp"
#include "aiot/toolkit/files.hpp"
#include "src/toolkit/key_der.hpp"
#include "src/toolkit/pk.hpp"
#include "src/toolkit/recording_text.hpp"

namespace aiot::toolkit {

namespace {

using crypto::KeyKind;

constexpr std::size_t kLargestKeyFile = 1U << 16U;
constexpr std::size_t kRsaBits = 2048;
constexpr std::size_t kSeedBytes = 32;

/// Of a context whose type is known.
const mbedtls_ecp_keypair& ec_of(const Pk& pk) {
  const mbedtls_ecp_keypair* const pair = mbedtls_pk_ec(*pk);
  AIOT_CHECK(pair != nullptr);
  return *pair;
}

const mbedtls_rsa_context& rsa_of(const Pk& pk) {
  const mbedtls_rsa_context* const rsa = mbedtls_pk_rsa(*pk);
  AIOT_CHECK(rsa != nullptr);
  return *rsa;
}

constexpr const char* kNoKeyText =
    "is no key; use a PEM or DER file with a key of P-256, RSA-2048 or Ed25519 "
    "(aiot keys new makes one)";
constexpr const char* kEncryptedText =
    "the key is encrypted; decrypt it first: openssl pkey -in FILE -out PLAIN.pem";
constexpr const char* kDamagedText = "the key is damaged or cut; restore the file";

/// The DER of the first key in a PEM file, or why it holds none.
Loaded<std::vector<std::byte>> decode_pem(std::string_view text, const std::string& name) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kDashes = "-----";
  while (true) {
    const std::size_t begin = text.find(kBegin);
    if (begin == std::string_view::npos) {
      return problem_in(name, kNoKeyText);
    }
    text.remove_prefix(begin + kBegin.size());
    const std::size_t label_end = text.find(kDashes);
    if (label_end == std::string_view::npos) {
      return problem_in(name, kDamagedText);
    }
    const std::string label(text.substr(0, label_end));
    text.remove_prefix(label_end + kDashes.size());
    const std::size_t end = text.find(std::string("-----END ").append(label).append(kDashes));
    if (end == std::string_view::npos) {
      return problem_in(name, kDamagedText);
    }
    const std::string_view body = text.substr(0, end);
    text.remove_prefix(end);
    if (label == "EC PARAMETERS") {
      continue;  // openssl writes it in front of a key
    }
    if (label == "ENCRYPTED PRIVATE KEY" || body.find("ENCRYPTED") != std::string_view::npos) {
      return problem_in(name, kEncryptedText);
    }
    if (label == "CERTIFICATE") {
      return problem_in(name,
                        "is a certificate; take the key out of it: openssl x509 -in FILE -pubkey "
                        "-noout");
    }
    if (label == "OPENSSH PRIVATE KEY") {
      return problem_in(name, "is a key of OpenSSH; make one for images with aiot keys new");
    }
    if (!label.ends_with("PRIVATE KEY") && !label.ends_with("PUBLIC KEY")) {
      return problem_in(name, kNoKeyText);
    }
    if (body.empty()) {
      return problem_in(name, kDamagedText);  // libsodium takes no memory of no bytes
    }
    std::vector<std::byte> der(body.size());
    std::size_t size = 0;
    const char* stopped = nullptr;
    if (sodium_base642bin(chars(der.data()),
                          der.size(),
                          body.data(),
                          body.size(),
                          " \t\r\n",
                          &size,
                          &stopped,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        stopped != body.data() + body.size()) {
      return problem_in(name, kDamagedText);
    }
    der.resize(size);
    return der;
  }
}

/// The DER of a key file, whichever form it has.
Loaded<std::vector<std::byte>> decode(Bytes content, const std::string& name) {
  if (content.size() > kLargestKeyFile || content.size() < 2) {
    return problem_in(name, kNoKeyText);
  }
  if (content[0] == std::byte{kDerSequence}) {
    return std::vector<std::byte>(content.begin(), content.end());
  }
  return decode_pem(text_of(content), name);
}

enum class Form : std::uint8_t { kNone, kDamaged, kPrivate, kPublic, kEncrypted };

/// By the first elements; the library that reads the key proves the rest.
Form form_of(Bytes der) {
  Bytes rest = der;
  const DerElement outer = take_element(rest);
  if (outer.tag != kDerSequence || !rest.empty()) {
    return !der.empty() && der[0] == std::byte{kDerSequence} ? Form::kDamaged : Form::kNone;
  }
  Bytes inner = outer.content;
  const DerElement first = take_element(inner);
  const DerElement second = take_element(inner);
  if (first.tag == kDerInteger) {
    // Private keys begin with a version, a PKCS#1 public key with its modulus.
    return first.content.size() == 1 ? Form::kPrivate : Form::kPublic;
  }
  if (first.tag != kDerSequence) {
    return Form::kNone;
  }
  return second.tag == kDerBitString     ? Form::kPublic
         : second.tag == kDerOctetString ? Form::kEncrypted
                                         : Form::kNone;
}

struct Algorithm {
  std::string_view oid;  ///< with its length in front
  const char* name;
};

/// Why a key that is well formed is none of ours.
std::string unsuitable(Bytes der) {
  using std::string_view_literals::operator""sv;
  constexpr auto kOthers = std::to_array<Algorithm>({
      {"\x05\x2B\x81\x04\x00\x22"sv, "P-384"},
      {"\x05\x2B\x81\x04\x00\x23"sv, "P-521"},
      {"\x05\x2B\x81\x04\x00\x0A"sv, "secp256k1"},
      {"\x05\x2B\x81\x04\x00\x21"sv, "P-224"},
      {"\x08\x2A\x86\x48\xCE\x3D\x03\x01\x01"sv, "P-192"},
      {"\x09\x2B\x24\x03\x03\x02\x08\x01\x01\x07"sv, "brainpoolP256r1"},
      {"\x03\x2B\x65\x6E"sv, "X25519"},
      {"\x03\x2B\x65\x6F"sv, "X448"},
      {"\x03\x2B\x65\x71"sv, "Ed448"},
      {"\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"sv, "RSA-PSS only"},
      {"\x07\x2A\x86\x48\xCE\x38\x04\x01"sv, "DSA"},
  });
  const std::string_view text = text_of(der);
  for (const Algorithm& other : kOthers) {
    if (text.find(other.oid) != std::string_view::npos) {
      return std::string("the key is of ") + other.name + "; use P-256, RSA-2048 or Ed25519";
    }
  }
  return kDamagedText;
}

std::vector<std::byte> ed25519_spki(Bytes point) {
  const Bytes begin = bytes_of(kEd25519SpkiBegin.data(), kEd25519SpkiBegin.size());
  std::vector<std::byte> spki(begin.begin(), begin.end());
  spki.insert(spki.end(), point.begin(), point.end());
  return spki;
}

/// PKCS#8 of Ed25519, with or without the public key behind it: seed, then public key or nothing.
std::optional<std::pair<Bytes, Bytes>> ed25519_parts(Bytes der) {
  constexpr auto kAlgorithm = std::to_array<std::uint8_t>({0x06, 0x03, 0x2B, 0x65, 0x70});
  constexpr std::uint8_t kAttributes = 0xA0;
  constexpr std::uint8_t kPublic = 0x81;
  Bytes inner = take_element(der).content;
  const DerElement version = take_element(inner);
  const DerElement algorithm = take_element(inner);
  DerElement secret = take_element(inner);
  const Bytes wanted = bytes_of(kAlgorithm.data(), kAlgorithm.size());
  if (version.content.size() != 1 || algorithm.tag != kDerSequence ||
      !std::ranges::equal(algorithm.content, wanted) || secret.tag != kDerOctetString) {
    return std::nullopt;
  }
  const DerElement seed = take_element(secret.content);
  if (seed.tag != kDerOctetString || seed.content.size() != kSeedBytes || !secret.content.empty()) {
    return std::nullopt;
  }
  Bytes point;
  while (!inner.empty()) {
    const DerElement more = take_element(inner);
    const bool is_point = more.tag == kPublic && more.content.size() == kEd25519KeyBytes + 1;
    if (more.tag != kAttributes && !is_point) {
      return std::nullopt;
    }
    point = is_point ? more.content.subspan(1) : point;
  }
  return std::pair(seed.content, point);
}

Loaded<PrivateKey> ed25519_private(Bytes seed, Bytes point, const std::string& name) {
  std::array<std::byte, crypto_sign_PUBLICKEYBYTES> derived{};
  std::array<std::byte, crypto_sign_SECRETKEYBYTES> both{};
  (void)crypto_sign_seed_keypair(chars(derived.data()), chars(both.data()), chars(seed.data()));
  sodium_memzero(both.data(), both.size());
  if (!point.empty() && !std::ranges::equal(point, derived)) {
    return problem_in(name, "its public part does not belong to its private one; use another key");
  }
  return PrivateKey({KeyKind::kEd25519, ed25519_spki(derived)}, {seed.begin(), seed.end()});
}

/// The RSAPublicKey of a context, or what is wrong with the key.
Loaded<PublicKey> rsa_public(const Pk& pk, const std::string& name) {
  const mbedtls_rsa_context& rsa = rsa_of(pk);
  const std::size_t bits = mbedtls_pk_get_bitlen(pk.get());
  if (bits != kRsaBits) {
    return problem_in(name, "RSA key of " + std::to_string(bits) + " bits; use one of 2048 bits");
  }
  if (mbedtls_rsa_check_pubkey(&rsa) != 0 || mbedtls_mpi_bitlen(&rsa.E) > 32) {
    return problem_in(name, "RSA key that is no good; its exponent is 3 to 4294967295 and odd");
  }
  std::array<std::byte, 512> out{};
  unsigned char* at = chars(out.data()) + out.size();
  const int size = mbedtls_pk_write_pubkey(&at, chars(out.data()), pk.get());
  if (size <= 0) {
    return problem_in(name, kDamagedText);
  }
  return PublicKey{KeyKind::kRsa2048, {out.end() - size, out.end()}};
}

/// The uncompressed point of a context, or what is wrong with the key.
Loaded<crypto::P256PublicKey> p256_point(const Pk& pk, const std::string& name) {
  const mbedtls_ecp_keypair& pair = ec_of(pk);
  crypto::P256PublicKey point{};
  std::size_t size = 0;
  if (mbedtls_ecp_check_pubkey(&pair.grp, &pair.Q) != 0 ||
      mbedtls_ecp_point_write_binary(&pair.grp,
                                     &pair.Q,
                                     MBEDTLS_ECP_PF_UNCOMPRESSED,
                                     &size,
                                     chars(point.data()),
                                     point.size()) != 0 ||
      size != point.size()) {
    return problem_in(name, "the public key is no point of its curve; use another key");
  }
  return point;
}

bool is_p256(const Pk& pk) {
  return mbedtls_pk_get_type(pk.get()) == MBEDTLS_PK_ECKEY &&
         ec_of(pk).grp.id == MBEDTLS_ECP_DP_SECP256R1;
}

Loaded<PrivateKey> p256_private(const Pk& pk, const std::string& name) {
  const auto stored = p256_point(pk, name);
  if (!stored.ok()) {
    return stored.problem();
  }
  std::vector<std::byte> scalar(crypto::kP256PrivateKeyBytes);
  if (mbedtls_mpi_write_binary(&ec_of(pk).d, chars(scalar.data()), scalar.size()) != 0) {
    return problem_in(name, kDamagedText);
  }
  const auto derived = crypto::public_key_p256(scalar);
  if (!derived.ok() || *derived != *stored) {
    return problem_in(name, "its public part does not belong to its private one; use another key");
  }
  const crypto::P256Spki spki = crypto::spki_of_point(*derived);
  return PrivateKey({KeyKind::kP256, {spki.begin(), spki.end()}}, std::move(scalar));
}

Loaded<PrivateKey> rsa_private(const Pk& pk, const std::string& name) {
  const auto key = rsa_public(pk, name);
  if (!key.ok()) {
    return key.problem();
  }
  if (mbedtls_rsa_check_privkey(&rsa_of(pk)) != 0) {
    return problem_in(name, "the parts of the RSA key contradict each other; use another key");
  }
  std::array<std::byte, 2048> out{};
  const int size = mbedtls_pk_write_key_der(pk.get(), chars(out.data()), out.size());
  if (size <= 0) {
    return problem_in(name, kDamagedText);
  }
  std::vector<std::byte> secret(out.end() - size, out.end());
  sodium_memzero(out.data(), out.size());
  return PrivateKey(*key, std::move(secret));
}

Loaded<PrivateKey> private_of(Bytes der, const std::string& name) {
  if (const auto parts = ed25519_parts(der)) {
    return ed25519_private(parts->first, parts->second, name);
  }
  const Pk pk = make_pk();
  if (mbedtls_pk_parse_key(pk.get(), chars(der.data()), der.size(), nullptr, 0) != 0) {
    return problem_in(name, unsuitable(der));
  }
  if (mbedtls_pk_get_type(pk.get()) == MBEDTLS_PK_RSA) {
    return rsa_private(pk, name);
  }
  return is_p256(pk) ? p256_private(pk, name)
                     : Loaded<PrivateKey>(problem_in(name, unsuitable(der)));
}

Loaded<PublicKey> public_of(Bytes der, const std::string& name) {
  const Bytes begin = bytes_of(kEd25519SpkiBegin.data(), kEd25519SpkiBegin.size());
  if (der.size() == begin.size() + kEd25519KeyBytes &&
      std::ranges::equal(der.first(begin.size()), begin)) {
    const Bytes point = der.subspan(begin.size());
    return crypto_core_ed25519_is_valid_point(chars(point.data())) == 1
               ? Loaded<PublicKey>(PublicKey{KeyKind::kEd25519, {der.begin(), der.end()}})
               : problem_in(name, "the public key is no point of its curve; use another key");
  }
  const Pk pk = make_pk();
  if (mbedtls_pk_parse_public_key(pk.get(), chars(der.data()), der.size()) != 0) {
    return problem_in(name, unsuitable(der));
  }
  if (mbedtls_pk_get_type(pk.get()) == MBEDTLS_PK_RSA) {
    return rsa_public(pk, name);
  }
  if (!is_p256(pk)) {
    return problem_in(name, unsuitable(der));
  }
  const auto point = p256_point(pk, name);
  if (!point.ok()) {
    return point.problem();
  }
  const crypto::P256Spki spki = crypto::spki_of_point(*point);
  return PublicKey{KeyKind::kP256, {spki.begin(), spki.end()}};
}

/// The DER and form of a file, or why it holds no key that can be read.
Loaded<std::pair<std::vector<std::byte>, Form>> examined(Bytes content, const std::string& name) {
  if (sodium_init() < 0) {
    return problem_in(name, "the system gives no random numbers; check /dev/urandom");
  }
  auto der = decode(content, name);
  if (!der.ok()) {
    return der.problem();
  }
  const Form form = form_of(*der);
  if (form == Form::kNone || form == Form::kDamaged || form == Form::kEncrypted) {
    return problem_in(name,
                      form == Form::kNone      ? kNoKeyText
                      : form == Form::kDamaged ? kDamagedText
                                               : kEncryptedText);
  }
  return std::pair(std::move(*der), form);
}

}  // namespace

const char* key_kind_name(KeyKind kind) noexcept {
  switch (kind) {
    case KeyKind::kP256:
      return "p256";
    case KeyKind::kRsa2048:
      return "rsa2048";
    case KeyKind::kEd25519:
      return "ed25519";
  }
  return "unknown";
}

std::optional<KeyKind> parse_key_kind(std::string_view name) noexcept {
  for (const KeyKind kind : {KeyKind::kP256, KeyKind::kRsa2048, KeyKind::kEd25519}) {
    if (name == key_kind_name(kind)) {
      return kind;
    }
  }
  return std::nullopt;
}

Hash256 key_hash(const PublicKey& key) noexcept {
  return crypto::sha256(key.encoding);
}

PrivateKey::PrivateKey(PublicKey key, std::vector<std::byte> secret) noexcept
    : public_key_(std::move(key)), secret_(std::move(secret)) {}

PrivateKey::~PrivateKey() {
  sodium_memzero(secret_.data(), secret_.size());
}

Loaded<PrivateKey> parse_private_key(Bytes content, const std::string& name) {
  auto file = examined(content, name);
  if (!file.ok()) {
    return file.problem();
  }
  if (file->second == Form::kPublic) {
    return problem_in(name, "is a public key, and signing needs the private one; name that file");
  }
  auto key = private_of(file->first, name);
  sodium_memzero(file->first.data(), file->first.size());
  return key;
}

Loaded<PublicKey> parse_public_key(Bytes content, const std::string& name) {
  const auto file = examined(content, name);
  if (!file.ok()) {
    return file.problem();
  }
  if (file->second == Form::kPublic) {
    return public_of(file->first, name);
  }
  const auto key = private_of(file->first, name);
  return key.ok() ? Loaded<PublicKey>(key->public_key()) : key.problem();
}

Loaded<PrivateKey> read_private_key(const std::filesystem::path& path) {
  const auto content = read_file(path);
  return content.ok() ? parse_private_key(*content, path.string()) : content.problem();
}

Loaded<PublicKey> read_public_key(const std::filesystem::path& path) {
  const auto content = read_file(path);
  return content.ok() ? parse_public_key(*content, path.string()) : content.problem();
}

}  // namespace aiot::toolkit
