// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/device/command_record.hpp"
#include "aiot/device/image_taker.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/image_transfer.hpp"
#include "aiot/update/audit_keeper.hpp"
#include "aiot/update/installer.hpp"

namespace aiot::device {

/// Takes images over a link that strangers may send on, as `ImageService` does over a wire: only
/// the file that a command has named, by its size and hash, and what the installer says of it
/// counts besides. A download goes on after restarts of either side. The offer is used up when the
/// image is installed.
class OfferedImages {
 public:
  /// All outlive this; `taker` is ready, as `Updates` that are started. `record` may be one that
  /// could not be mounted: nothing is taken then.
  OfferedImages(link::ImageReceiver& receiver, ImageTakerRef taker, CommandRecord& record) noexcept
      : receiver_(receiver), taker_(taker), record_(record) {}

  OfferedImages(const OfferedImages&) = delete;
  OfferedImages& operator=(const OfferedImages&) = delete;

  /// One round; see `ImageService::step`. A finish takes as long as to read and hash the file, and
  /// to verify it. Errors: as there.
  Status step(hal::TransportRef link, Instant now) noexcept;

  /// What `step` does with the requests of the sender. Faults more than those of the installer:
  /// `kNoOffer` no command offers anything, `kOtherImage` another file than the one that it offers;
  /// without an offer `kInstalled` also says that the image waits for its trial, to a sender that
  /// has not heard that it is there.
  update::InstallVerdict offer(Bytes offer, Instant now) noexcept;
  update::InstallVerdict write(std::uint32_t offset, Bytes bytes, Instant now) noexcept;
  update::InstallVerdict finish(Instant now) noexcept;

 private:
  link::ImageReceiver& receiver_;
  ImageTakerRef taker_;
  CommandRecord& record_;
  update::RefusalBudget refusals_;
};

}  // namespace aiot::device
