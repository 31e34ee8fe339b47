// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Installing one file and no other. A file of its own, because boot loaders do without it.

#include <algorithm>

#include "aiot/crypto/sha256.hpp"
#include "aiot/update/installer.hpp"

namespace aiot::update {

/// Of the bytes that are on flash.
Result<Hash256> Installer::hash_received() noexcept {
  AIOT_TRY(flash_.sync());
  const std::uint32_t base = config_.slots[static_cast<std::size_t>(type_)][slot_].offset;
  crypto::Sha256 hash;
  for (std::uint32_t done = 0; done < size_;) {
    const MutableBytes part =
        buffer_.first(std::min<std::size_t>(buffer_.size(), std::size_t{size_} - done));
    AIOT_TRY(flash_.read(base + done, part));
    hash.update(part);
    done += static_cast<std::uint32_t>(part.size());
  }
  return hash.finish();
}

InstallVerdict Installer::finish(const Hash256& file) noexcept {
  if (!open_ || next_ != size_) {
    return finish();
  }
  const Result<Hash256> hash = hash_received();
  if (hash.ok() && *hash == file) {
    return finish();
  }
  BootState state = record_.state();
  SlotRecord& record = state.of(type_).slot[slot_];
  record.progress = 0;
  record.state = SlotState::kReturned;
  record.cause = Cause::kBadImage;
  (void)record_.write(state);  // else it is still one that is being received, and never started
  open_ = false;
  return hash.ok() ? InstallVerdict{InstallFault::kOtherImage, ImageFault::kNone, 0}
                   : InstallVerdict{InstallFault::kImage, ImageFault::kRead, 0};
}

}  // namespace aiot::update
