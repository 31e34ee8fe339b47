// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/offered_images.hpp"

#include "src/device/serve_images.hpp"

namespace aiot::device {

using update::InstallFault;
using update::InstallVerdict;

Status OfferedImages::step(hal::TransportRef link, Instant now) noexcept {
  return serve_images(receiver_, *this, link, now);
}

InstallVerdict OfferedImages::offer(Bytes offer, Instant now) noexcept {
  const auto& file = record_.state().file;
  const update::ImageVerdict claimed = update::read_offer(offer);
  InstallVerdict verdict;
  if (!file) {
    const bool there =
        claimed.ok() && taker_.holds(claimed.image.type, update::image_id(claimed.image.hash));
    verdict.fault = there ? InstallFault::kInstalled : InstallFault::kNoOffer;
  } else if (claimed.ok() && claimed.image.size_bytes != file->size_bytes) {
    verdict.fault = InstallFault::kOtherImage;
  }
  if (verdict.ok()) {
    return taker_.offer(offer, now);
  }
  if (verdict.fault != InstallFault::kInstalled && refusals_.take(now)) {
    update::AuditEntry entry = update::offer_entry(offer);
    entry.kind = update::AuditKind::kVerdict;
    entry.code = update::verdict_code(verdict.fault, verdict.image);
    taker_.tell(entry, now);
  }
  return verdict;
}

InstallVerdict OfferedImages::write(std::uint32_t offset, Bytes bytes, Instant now) noexcept {
  return taker_.write(offset, bytes, now);
}

InstallVerdict OfferedImages::finish(Instant now) noexcept {
  if (!record_.state().file) {
    return {InstallFault::kNoOffer, update::ImageFault::kNone, 0};
  }
  const InstallVerdict verdict = taker_.finish(record_.state().file->hash, now);
  if (verdict.ok()) {
    CommandState next = record_.state();
    next.file.reset();
    // Where this fails, the same file could be sent once more: it would be the one that is there.
    (void)record_.write(next);
  }
  return verdict;
}

}  // namespace aiot::device
