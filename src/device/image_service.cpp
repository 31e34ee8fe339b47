// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/image_service.hpp"

namespace aiot::device {

using link::ImageAsk;
using update::AuditKind;
using update::InstallFault;

namespace {

std::uint32_t code_of(const update::InstallVerdict& verdict) noexcept {
  return update::verdict_code(verdict.fault, verdict.image);
}

}  // namespace

Status ImageService::step(hal::TransportRef link, Instant now) noexcept {
  AIOT_TRY(receiver_.exchange(link));
  if (!receiver_.output().empty()) {
    return {};  // that it is busy goes out before the work begins
  }
  const link::ImageRequest& request = receiver_.request();
  switch (request.ask) {
    case ImageAsk::kOffer:
      offer(request.bytes, now);
      break;
    case ImageAsk::kBlock:
      write(request, now);
      break;
    case ImageAsk::kFinish:
      finish(now);
      break;
    default:
      break;
  }
  return {};
}

void ImageService::offer(Bytes offer, Instant now) noexcept {
  const update::Image claims = update::read_offer(offer).image;
  image_ = {};
  image_.version = claims.header.version;
  image_.id = update::image_id(claims.hash);
  const update::InstallVerdict verdict = installer_.offer(offer);
  if (verdict.ok()) {
    image_.type = static_cast<std::uint8_t>(installer_.type());
    image_.slot = installer_.slot();
  }
  const Refusal refusal{code_of(verdict), image_.id};
  if (!verdict.ok() && refused_ == refusal) {
    refuse(verdict);
    return;
  }
  Status told = tell(AuditKind::kOffer, 0, now);
  if (told.ok()) {
    told = tell(AuditKind::kVerdict, refusal.code, now);
  }
  if (!verdict.ok()) {
    refused_ = told.ok() ? std::optional(refusal) : std::nullopt;
    refuse(verdict);
  } else if (!told.ok()) {
    receiver_.fail(told.error());
  } else {
    refused_.reset();
    receiver_.accept(verdict.offset);
  }
}

void ImageService::write(const link::ImageRequest& request, Instant now) noexcept {
  const update::InstallVerdict verdict = installer_.write(request.offset, request.bytes);
  if (verdict.ok()) {
    receiver_.accept();
    return;
  }
  if (!installer_.receiving()) {
    static_cast<void>(tell(AuditKind::kVerdict, code_of(verdict), now));
  }
  refuse(verdict);
}

void ImageService::finish(Instant now) noexcept {
  const update::InstallVerdict verdict = installer_.finish();
  // It is installed, or not, whether or not the log can take that: a trial is told once more.
  const Status told = tell(AuditKind::kVerdict, code_of(verdict), now);
  if (!verdict.ok()) {
    if (told.ok()) {
      // It was never tried, so it is no return that would be told.
      static_cast<void>(installer_.set_told(installer_.type(), installer_.slot()));
    }
    refuse(verdict);
    return;
  }
  static_cast<void>(tell(AuditKind::kInstall, 0, now));
  receiver_.accept();
}

void ImageService::refuse(const update::InstallVerdict& verdict) noexcept {
  receiver_.refuse(update::reason_of(verdict));
}

Status ImageService::tell(AuditKind kind, std::uint32_t code, Instant now) noexcept {
  update::AuditEntry entry = image_;
  entry.kind = kind;
  entry.code = code;
  entry.boot = record_.state().boots;
  entry.time_us = now.us > 0 ? static_cast<std::uint64_t>(now.us) : 0U;
  return audit_.append(entry);
}

}  // namespace aiot::device
