// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/image_transfer.hpp"
#include "aiot/update/audit_log.hpp"
#include "aiot/update/boot_record.hpp"
#include "aiot/update/installer.hpp"

namespace aiot::device {

/// Takes images over a link while the device works: what the sender asks for is done by the
/// installer, and every offer, verdict and installation is told to the audit log. An image that the
/// log can not take is not taken either.
///
/// The same refusal twice in a row is told once, so that somebody who offers again and again does
/// not push the log's past out.
class ImageService {
 public:
  /// All must outlive this; `record` is the one of `installer`, and both it and `audit` are
  /// mounted.
  ImageService(link::ImageReceiver& receiver,
               update::Installer& installer,
               const update::BootRecord& record,
               update::AuditLog& audit) noexcept
      : receiver_(receiver), installer_(installer), record_(record), audit_(audit) {}

  ImageService(const ImageService&) = delete;
  ImageService& operator=(const ImageService&) = delete;

  /// One round: exchanges bytes with the link, and does one request at most. A finish takes as long
  /// as to verify an image: for a link without flow control longer than its buffer may last, but
  /// the sender waits for the answer. Errors: `kIo` the link is lost; images go on over the next.
  Status step(hal::TransportRef link, Instant now) noexcept;

 private:
  struct Refusal {
    std::uint32_t code = 0;
    update::ImageId id{};

    friend bool operator==(const Refusal&, const Refusal&) noexcept = default;
  };

  void offer(Bytes offer, Instant now) noexcept;
  void write(const link::ImageRequest& request, Instant now) noexcept;
  void finish(Instant now) noexcept;
  void refuse(const update::InstallVerdict& verdict) noexcept;
  Status tell(update::AuditKind kind, std::uint32_t code, Instant now) noexcept;

  link::ImageReceiver& receiver_;
  update::Installer& installer_;
  const update::BootRecord& record_;
  update::AuditLog& audit_;
  update::AuditEntry image_{};      // about the image that was offered last
  std::optional<Refusal> refused_;  // told last
};

}  // namespace aiot::device
