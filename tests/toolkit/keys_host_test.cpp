// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <string>

#include "aiot/crypto/sha256.hpp"
#include "aiot/toolkit/ed25519.hpp"
#include "aiot/toolkit/hex.hpp"
#include "aiot/toolkit/keys.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test.hpp"

namespace aiot::test {
namespace {

using crypto::KeyKind;
using toolkit::PrivateKey;
using toolkit::PublicKey;

constexpr std::array kKinds{KeyKind::kP256, KeyKind::kRsa2048, KeyKind::kEd25519};

Bytes bytes_of(const std::string& text) {
  return as_bytes(text.data(), text.size());
}

/// The whole of a file of keys that openssl wrote with `arguments`, or empty without openssl.
std::string openssl(const TempDir& dir, const std::string& arguments) {
  const std::string path = dir / "openssl.out";
  const std::string line = "openssl " + arguments + " -out " + path + " 2>/dev/null >/dev/null";
  return std::system(line.c_str()) == 0 ? content_of(path) : std::string();
}

bool have_openssl() {
  return std::system("openssl version >/dev/null 2>&1") == 0;
}

std::string private_problem(const std::string& content) {
  const auto key = toolkit::parse_private_key(bytes_of(content), "key.pem");
  return key.ok() ? std::string() : key.problem().text;
}

std::string public_problem(const std::string& content) {
  const auto key = toolkit::parse_public_key(bytes_of(content), "key.pem");
  return key.ok() ? std::string() : key.problem().text;
}

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

Status verify(const PublicKey& key, const Hash256& digest, Bytes signature) {
  switch (key.kind) {
    case KeyKind::kP256:
      return crypto::kP256Scheme.verify(key.encoding, digest, signature);
    case KeyKind::kRsa2048:
      return crypto::kRsa2048Scheme.verify(key.encoding, digest, signature);
    case KeyKind::kEd25519:
      return toolkit::kEd25519Scheme.verify(key.encoding, digest, signature);
  }
  return Error::kUnsupported;
}

TEST(Keys, WhatIsWrittenIsReadAgainInEachKind) {
  for (const KeyKind kind : kKinds) {
    const auto made = toolkit::generate_key(kind);
    ASSERT_TRUE(made.ok()) << made.problem().text;
    const auto secret = toolkit::parse_private_key(bytes_of(toolkit::private_pem(*made)), "a");
    ASSERT_TRUE(secret.ok()) << secret.problem().text;
    EXPECT_EQ(secret->kind(), kind);
    EXPECT_EQ(secret->public_key().encoding, made->public_key().encoding);
    const std::string pem = toolkit::public_pem(made->public_key());
    const auto open = toolkit::parse_public_key(bytes_of(pem), "b");
    ASSERT_TRUE(open.ok()) << open.problem().text;
    EXPECT_EQ(open->encoding, made->public_key().encoding);
  }
}

TEST(Keys, ASignatureVerifiesForItsDigestAndNoOther) {
  for (const KeyKind kind : kKinds) {
    const auto key = toolkit::generate_key(kind);
    ASSERT_TRUE(key.ok());
    const Hash256 digest = crypto::sha256(bytes_of("image"));
    auto signature = toolkit::sign_digest(*key, digest);
    ASSERT_TRUE(signature.ok());
    EXPECT_TRUE(verify(key->public_key(), digest, *signature).ok());
    EXPECT_EQ(verify(key->public_key(), crypto::sha256(bytes_of("other")), *signature).error(),
              Error::kUnauthentic);
    const auto stranger = toolkit::generate_key(kind);
    EXPECT_EQ(verify(stranger->public_key(), digest, *signature).error(), Error::kUnauthentic);
    signature->pop_back();
    EXPECT_FALSE(verify(key->public_key(), digest, *signature).ok());
  }
}

TEST(Keys, EncodingsHaveTheSizeThatKeyHashesAreMadeOf) {
  EXPECT_EQ(toolkit::generate_key(KeyKind::kP256)->public_key().encoding.size(), 91U);
  EXPECT_EQ(toolkit::generate_key(KeyKind::kEd25519)->public_key().encoding.size(), 44U);
  EXPECT_EQ(toolkit::generate_key(KeyKind::kRsa2048)->public_key().encoding.size(), 270U);
}

// RFC 8032, 7.1, test 1: the public key of a seed.
TEST(Keys, Ed25519DerivesThePublicKeyOfTheStandard) {
  constexpr Hex<48> kDer(
      "302E020100300506032B657004220420"
      "9D61B19DEFFD5A60BA844AF492EC2CC44449C5697B326919703BAC031CAE7F60");
  const auto key = toolkit::parse_private_key(kDer, "rfc");
  ASSERT_TRUE(key.ok()) << key.problem().text;
  EXPECT_EQ(toolkit::hex(Bytes(key->public_key().encoding).last(32)),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

TEST(Keys, APrivateFileGivesItsPublicKey) {
  const auto key = toolkit::generate_key(KeyKind::kP256);
  const auto open = toolkit::parse_public_key(bytes_of(toolkit::private_pem(*key)), "a");
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->encoding, key->public_key().encoding);
}

TEST(Keys, APublicFileSignsNothingAndSaysSo) {
  const auto key = toolkit::generate_key(KeyKind::kP256);
  const std::string problem = private_problem(toolkit::public_pem(key->public_key()));
  EXPECT_TRUE(has(problem, "is a public key")) << problem;
}

TEST(Keys, WhatIsNoKeySaysWhatItIs) {
  EXPECT_TRUE(has(private_problem(""), "is no key"));
  EXPECT_TRUE(has(private_problem("hello"), "is no key"));
  EXPECT_TRUE(has(private_problem(std::string(100'000, 'x')), "is no key"));
  EXPECT_TRUE(has(private_problem("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"),
                  "certificate"));
  EXPECT_TRUE(has(private_problem("-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n"
                                  "-----END OPENSSH PRIVATE KEY-----"),
                  "OpenSSH"));
  EXPECT_TRUE(has(private_problem("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n"
                                  "-----END ENCRYPTED PRIVATE KEY-----"),
                  "encrypted"));
  EXPECT_TRUE(has(private_problem("-----BEGIN PRIVATE KEY-----\nAA==\n"), "damaged"));
  EXPECT_TRUE(
      has(private_problem("-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----"), "damaged"));
  EXPECT_TRUE(
      has(private_problem("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----"), "damaged"));
}

TEST(Keys, APrivateKeyWithAForeignPublicPartIsRefused) {
  const auto one = toolkit::generate_key(KeyKind::kP256);
  const auto other = toolkit::generate_key(KeyKind::kP256);
  const PrivateKey mixed(other->public_key(), {one->secret().begin(), one->secret().end()});
  EXPECT_TRUE(has(private_problem(toolkit::private_pem(mixed)), "does not belong"));
}

TEST(Keys, ACutKeyIsRefusedWhereverItIsCut) {
  for (const KeyKind kind : kKinds) {
    const auto key = toolkit::generate_key(kind);
    const Bytes whole = key->public_key().encoding;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(toolkit::parse_public_key(whole.first(size), "cut").ok()) << size;
    }
  }
}

TEST(Keys, FilesOfAPairAreNeverOverwritten) {
  const TempDir dir;
  const auto key = toolkit::generate_key(KeyKind::kP256);
  ASSERT_FALSE(toolkit::write_key_pair(dir / "a", *key).has_value());

  struct stat status {};

  ASSERT_EQ(::stat((dir / "a.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const std::string before = content_of(dir / "a.pem");
  const auto again = toolkit::write_key_pair(dir / "a", *toolkit::generate_key(KeyKind::kP256));
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(has(again->text, "never overwritten")) << again->text;
  EXPECT_EQ(content_of(dir / "a.pem"), before);
  // The public file alone bars the name, too, and no half of a pair stays.
  (void)dir.write("b.pub.pem", std::string_view("mine"));
  EXPECT_TRUE(toolkit::write_key_pair(dir / "b", *key).has_value());
  EXPECT_EQ(content_of(dir / "b.pub.pem"), "mine");
  EXPECT_FALSE(std::filesystem::exists(dir / "b.pem"));
}

TEST(Keys, ADeviceKeyIsRandomForItsOwnerAndNeverOverwritten) {
  const TempDir dir;
  ASSERT_FALSE(toolkit::write_device_key(dir / "pump").has_value());
  ASSERT_FALSE(toolkit::write_device_key(dir / "fan").has_value());

  struct stat status {};

  ASSERT_EQ(::stat((dir / "pump.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const std::string key = content_of(dir / "pump.key");
  EXPECT_TRUE(toolkit::parse_hash(std::string_view(key).substr(0, 64)).has_value()) << key;
  EXPECT_NE(key, content_of(dir / "fan.key"));
  const auto again = toolkit::write_device_key(dir / "pump");
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(has(again->text, "never overwritten")) << again->text;
  EXPECT_EQ(content_of(dir / "pump.key"), key);
}

TEST(Keys, FormsOfOpensslAreRead) {
  if (!have_openssl()) {
    GTEST_SKIP() << "no openssl";
  }
  const TempDir dir;
  const std::string ec = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";
  const std::string pkcs8 = openssl(dir, ec);
  const std::string path = dir.write("p.pem", std::string_view(pkcs8));
  EXPECT_EQ(private_problem(pkcs8), "");
  EXPECT_EQ(private_problem(openssl(dir, "pkey -outform DER -in " + path)), "");
  EXPECT_EQ(private_problem(openssl(dir, "ec -in " + path)), "");                    // SEC1
  EXPECT_EQ(private_problem(openssl(dir, "ecparam -genkey -name prime256v1")), "");  // two blocks
  EXPECT_EQ(public_problem(openssl(dir, "pkey -pubout -in " + path)), "");
  EXPECT_EQ(public_problem(openssl(dir, "pkey -pubout -outform DER -in " + path)), "");
  const std::string rsa =
      dir.write("r.pem", std::string_view(openssl(dir, "genpkey -algorithm RSA")));
  EXPECT_EQ(private_problem(content_of(rsa)), "");
  EXPECT_EQ(private_problem(openssl(dir, "rsa -traditional -in " + rsa)), "");  // PKCS#1
  EXPECT_EQ(public_problem(openssl(dir, "rsa -RSAPublicKey_out -in " + rsa)), "");
  EXPECT_EQ(public_problem(openssl(dir, "pkey -pubout -in " + rsa)), "");
  EXPECT_EQ(private_problem(openssl(dir, "genpkey -algorithm ED25519")), "");
}

TEST(Keys, KeysOfOtherAlgorithmsAreNamed) {
  if (!have_openssl()) {
    GTEST_SKIP() << "no openssl";
  }
  const TempDir dir;
  const std::string ec = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:";
  const std::string p384 = openssl(dir, ec + "P-384");
  EXPECT_TRUE(has(private_problem(p384), "P-384")) << private_problem(p384);
  const std::string path = dir.write("p.pem", std::string_view(p384));
  EXPECT_TRUE(has(public_problem(openssl(dir, "pkey -pubout -in " + path)), "P-384"));
  EXPECT_TRUE(has(private_problem(openssl(dir, ec + "secp256k1")), "secp256k1"));
  EXPECT_TRUE(has(private_problem(openssl(dir, "genpkey -algorithm X25519")), "X25519"));
  const std::string big = openssl(dir, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072");
  EXPECT_TRUE(has(private_problem(big), "RSA key of 3072 bits")) << private_problem(big);
  const std::string locked = openssl(dir, "pkey -aes128 -passout pass:x -in " + path);
  EXPECT_TRUE(has(private_problem(locked), "encrypted"));
  const std::string locked_der =
      openssl(dir, "pkcs8 -topk8 -passout pass:x -outform DER -in " + path);
  EXPECT_TRUE(has(private_problem(locked_der), "encrypted")) << private_problem(locked_der);
}

TEST(Keys, OpensslReadsWhatIsWritten) {
  if (!have_openssl()) {
    GTEST_SKIP() << "no openssl";
  }
  const TempDir dir;
  for (const KeyKind kind : kKinds) {
    const auto key = toolkit::generate_key(kind);
    const std::string path = dir.write("own.pem", std::string_view(toolkit::private_pem(*key)));
    EXPECT_EQ(openssl(dir, "pkey -pubout -in " + path), toolkit::public_pem(key->public_key()));
    EXPECT_EQ(openssl(dir, "pkey -in " + path), toolkit::private_pem(*key));
  }
}

}  // namespace
}  // namespace aiot::test
