// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/image_service.hpp"

namespace aiot::device {

using link::ImageAsk;

Status ImageService::step(hal::TransportRef link, Instant now) noexcept {
  AIOT_TRY(receiver_.exchange(link));
  if (!receiver_.output().empty()) {
    return {};  // that it is busy goes out before the work begins
  }
  const link::ImageRequest& request = receiver_.request();
  update::InstallVerdict verdict;
  switch (request.ask) {
    case ImageAsk::kOffer:
      verdict = updates_.offer(request.bytes, now);
      break;
    case ImageAsk::kBlock:
      verdict = updates_.write(request.offset, request.bytes, now);
      break;
    case ImageAsk::kFinish:
      verdict = updates_.finish(now);
      break;
    default:
      return {};
  }
  if (!verdict.ok()) {
    receiver_.refuse(update::reason_of(verdict));
  } else if (request.ask == ImageAsk::kOffer) {
    receiver_.accept(verdict.offset);
  } else {
    receiver_.accept();
  }
  return {};
}

}  // namespace aiot::device
