// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/command_record.hpp"

#include <algorithm>

#include "aiot/store/frame_log.hpp"

namespace aiot::device {
namespace {

constexpr std::byte kLayout{1};
constexpr std::byte kHasPolicy{1};
constexpr std::byte kHasFile{2};

constexpr std::size_t kFlags = 1;
constexpr std::size_t kResult = 2;
constexpr std::size_t kCounter = 4;
constexpr std::size_t kId = 12;
constexpr std::size_t kFileSize = 20;
constexpr std::size_t kFileHash = 24;
constexpr std::size_t kPolicy = 56;

bool is_zero(Bytes bytes) noexcept {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

std::array<std::byte, kCommandStateBytes> encode(const CommandState& state) noexcept {
  std::array<std::byte, kCommandStateBytes> out{};
  out[0] = kLayout;
  store_le16(&out[kResult], state.result);
  store_le64(&out[kCounter], state.counter);
  std::ranges::copy(state.id, &out[kId]);
  if (state.file) {
    out[kFlags] |= kHasFile;
    store_le32(&out[kFileSize], state.file->size_bytes);
    std::ranges::copy(state.file->hash, &out[kFileHash]);
  }
  if (state.policy) {
    out[kFlags] |= kHasPolicy;
    std::ranges::copy(decide::encode_policy(*state.policy), &out[kPolicy]);
  }
  return out;
}

Result<CommandState> decode_commands(Bytes bytes) noexcept {
  if (bytes.empty()) {
    return Error::kCorrupt;
  }
  if (bytes[0] != kLayout) {
    return Error::kUnsupported;
  }
  if (bytes.size() != kCommandStateBytes ||
      (bytes[kFlags] & ~(kHasPolicy | kHasFile)) != std::byte{0}) {
    return Error::kCorrupt;
  }
  CommandState state;
  state.result = load_le16(&bytes[kResult]);
  state.counter = load_le64(&bytes[kCounter]);
  std::ranges::copy(bytes.subspan(kId, state.id.size()), state.id.begin());
  const Bytes file = bytes.subspan(kFileSize, kPolicy - kFileSize);
  const Bytes policy = bytes.subspan(kPolicy, decide::kPolicyBytes);
  if ((bytes[kFlags] & kHasFile) != std::byte{0}) {
    OfferedFile offered{load_le32(file.data()), {}};
    std::ranges::copy(bytes.subspan(kFileHash, offered.hash.size()), offered.hash.begin());
    state.file = offered;
  } else if (!is_zero(file)) {
    return Error::kCorrupt;
  }
  if ((bytes[kFlags] & kHasPolicy) != std::byte{0}) {
    const auto read = decide::decode_policy(policy);
    if (!read.ok() || !read->has_value()) {
      return Error::kCorrupt;
    }
    state.policy = *read;
  } else if (!is_zero(policy)) {
    return Error::kCorrupt;
  }
  return state;
}

Status CommandRecord::mount(hal::FlashRef flash, const hal::FlashRegion& region) noexcept {
  flash_.reset();
  state_ = {};
  if (region.size == 0) {
    return Error::kInvalidArgument;
  }
  store::FrameLog log;
  AIOT_TRY(log.mount(flash, region, store::OnFull::kDropOldest));
  std::array<std::byte, kCommandStateBytes> bytes;  // NOLINT(*-member-init): filled by the log
  const Result<store::Frame> last = log.last(bytes);
  if (last.ok()) {
    AIOT_TRY_ASSIGN(state_, decode_commands(last->payload));
  } else if (last.error() != Error::kEmpty) {
    return last.error() == Error::kNoSpace ? Error::kUnsupported : last.error();
  }
  flash_ = flash;
  region_ = region;
  return {};
}

// Commands are rare: the log is looked for each time instead of being kept in memory.
Status CommandRecord::write(const CommandState& state) noexcept {
  if (!mounted()) {
    return Error::kWrongState;
  }
  store::FrameLog log;
  AIOT_TRY(log.mount(*flash_, region_, store::OnFull::kDropOldest));
  AIOT_TRY(log.append(encode(state)));
  AIOT_TRY(log.sync());
  state_ = state;
  return {};
}

}  // namespace aiot::device
