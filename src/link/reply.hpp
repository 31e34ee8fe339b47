// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/keys.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/record/cbor.hpp"

/// Small messages between a device and its consumer or operator: COSE_Mac0 with the device's name.
namespace aiot::link {

/// Largest payload of a reply.
inline constexpr std::size_t kMaxReplyPayload = 64;

[[nodiscard]] constexpr bool is_device_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxDeviceBytes;
}

/// Steps over `items` that a later version added behind those that are known; true when nothing
/// else follows.
bool is_rest(record::Decoder& decoder, std::uint64_t items) noexcept;

/// Errors: as `seal_ack`.
Result<Bytes> seal_reply(std::string_view aad,
                         Bytes payload,
                         const SealConfig& config,
                         hal::KeyStoreRef keys,
                         MutableBytes out) noexcept;

struct OpenedReply {
  SealFault fault = SealFault::kNone;
  record::CoseFault form = record::CoseFault::kNone;
  Bytes payload{};  ///< of the sender, in whatever form
};

[[nodiscard]] OpenedReply open_reply(Bytes message,
                                     std::string_view aad,
                                     const SealConfig& config,
                                     hal::KeyStoreRef keys) noexcept;

}  // namespace aiot::link
