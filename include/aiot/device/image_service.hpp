// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/device/updates.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/image_transfer.hpp"

namespace aiot::device {

/// Takes images over a link while the device works: what the sender asks for goes to the installer
/// and to the audit log.
class ImageService {
 public:
  /// Both outlive this; `updates` is started.
  ImageService(link::ImageReceiver& receiver, Updates& updates) noexcept
      : receiver_(receiver), updates_(updates) {}

  /// One round: exchanges bytes with the link, and does one request at most. An offer takes as long
  /// as to verify a signature, a finish as long as to verify the image. Errors: `kIo` the link is
  /// lost; images go on over the next one.
  Status step(hal::TransportRef link, Instant now) noexcept;

 private:
  link::ImageReceiver& receiver_;
  Updates& updates_;
};

}  // namespace aiot::device
