// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/policy_bytes.hpp"

#include "aiot/core/check.hpp"

namespace aiot::decide {
namespace {

constexpr std::size_t kChanges = 1;
constexpr std::size_t kChangeStream = 2;
constexpr std::size_t kAbnormalStream = 3;
constexpr std::size_t kHeartbeatStream = 4;
constexpr std::size_t kHeartbeatWindows = 5;
constexpr std::size_t kAbnormalWindows = 9;

}  // namespace

std::array<std::byte, kPolicyBytes> encode_policy(const PolicyConfig& config) noexcept {
  AIOT_CHECK(check(config).ok());
  std::array<std::byte, kPolicyBytes> out{};
  out[0] = kPackagePolicy[0];
  out[kChanges] = static_cast<std::byte>(config.changes);
  out[kChangeStream] = static_cast<std::byte>(config.change_stream);
  out[kAbnormalStream] = static_cast<std::byte>(config.abnormal_stream);
  out[kHeartbeatStream] = static_cast<std::byte>(config.heartbeat_stream);
  store_le32(&out[kHeartbeatWindows], config.heartbeat_windows);
  store_le32(&out[kAbnormalWindows], config.abnormal_windows);
  return out;
}

Result<std::optional<PolicyConfig>> decode_policy(Bytes bytes) noexcept {
  if (bytes.empty()) {
    return Error::kInvalidArgument;
  }
  if (bytes[0] != kPackagePolicy[0]) {
    return Error::kUnsupported;
  }
  if (bytes.size() == kPackagePolicy.size()) {
    return std::optional<PolicyConfig>{};
  }
  if (bytes.size() != kPolicyBytes) {
    return Error::kInvalidArgument;
  }
  PolicyConfig config;
  config.changes = static_cast<Changes>(bytes[kChanges]);
  config.change_stream = static_cast<Stream>(bytes[kChangeStream]);
  config.abnormal_stream = static_cast<Stream>(bytes[kAbnormalStream]);
  config.heartbeat_stream = static_cast<Stream>(bytes[kHeartbeatStream]);
  config.heartbeat_windows = load_le32(&bytes[kHeartbeatWindows]);
  config.abnormal_windows = load_le32(&bytes[kAbnormalWindows]);
  AIOT_TRY(check(config));
  return std::optional(config);
}

}  // namespace aiot::decide
