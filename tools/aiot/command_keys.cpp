// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/command_keys.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "aiot/crypto/signature.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {
namespace {

std::string wrong_kind(const std::string& path) {
  return printable(path) +
         ": is no P-256 key, and commands are signed with no other; make one "
         "with aiot keys new";
}

bool others_can_read(const std::string& path) {
  struct stat about {};

  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         (about.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace

std::optional<std::string> CommandKeys::load_device(const std::string& path) {
  std::string message;
  return device_.load(path, message).ok() ? std::nullopt : std::optional(message);
}

std::optional<std::string> CommandKeys::load_public(const std::string& path) {
  auto key = toolkit::read_public_key(path);
  if (!key.ok()) {
    return key.problem().text;
  }
  if (key->kind != crypto::KeyKind::kP256) {
    return wrong_kind(path);
  }
  if (toolkit::read_private_key(path).ok()) {
    return printable(path) +
           ": is the private key, which stays with the operator; devices get the file .pub.pem";
  }
  public_ = std::move(*key);
  return std::nullopt;
}

std::optional<std::string> CommandKeys::load_private(const std::string& path) {
  auto key = toolkit::read_private_key(path);
  if (!key.ok()) {
    return key.problem().text;
  }
  if (key->kind() != crypto::KeyKind::kP256) {
    return wrong_kind(path);
  }
  if (others_can_read(path)) {
    return printable(path) + ": others can read it; chmod 600 it";
  }
  public_ = key->public_key();
  private_.emplace(std::move(*key));
  return std::nullopt;
}

Result<Bytes> CommandKeys::public_key(hal::KeyId id) const noexcept {
  if (id != hal::KeyId::kCommand || !public_) {
    return Error::kEmpty;
  }
  return Bytes(public_->encoding);
}

Status CommandKeys::sign(hal::KeyId id, Bytes digest, MutableBytes out) const noexcept {
  Hash256 hash{};
  if (id != hal::KeyId::kCommand || !private_) {
    return Error::kEmpty;
  }
  if (digest.size() != hash.size() || out.size() != crypto::kP256SignatureBytes) {
    return Error::kNoSpace;
  }
  std::ranges::copy(digest, hash.begin());
  AIOT_TRY_ASSIGN(const crypto::P256Signature signature,
                  crypto::sign_p256(private_->secret(), hash));
  std::ranges::copy(signature, out.begin());
  return {};
}

Status CommandKeys::mac(hal::KeyId id, Bytes in, MutableBytes out) const noexcept {
  return device_.mac(id, in, out);
}

}  // namespace aiot::cli
