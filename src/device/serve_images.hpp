// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/image_transfer.hpp"
#include "aiot/update/installer.hpp"

namespace aiot::device {

/// One round of a receiver whose requests go to `taker`: offer, write and finish, as `Updates` has
/// them. Errors: `kIo` the link is lost.
template <class Taker>
Status serve_images(link::ImageReceiver& receiver,
                    Taker& taker,
                    hal::TransportRef link,
                    Instant now) noexcept {
  using link::ImageAsk;
  AIOT_TRY(receiver.exchange(link));
  if (!receiver.output().empty()) {
    return {};  // that it is busy goes out before the work begins
  }
  const link::ImageRequest& request = receiver.request();
  update::InstallVerdict verdict;
  switch (request.ask) {
    case ImageAsk::kOffer:
      verdict = taker.offer(request.bytes, now);
      break;
    case ImageAsk::kBlock:
      verdict = taker.write(request.offset, request.bytes, now);
      break;
    case ImageAsk::kFinish:
      verdict = taker.finish(now);
      break;
    default:
      return {};
  }
  if (!verdict.ok()) {
    receiver.refuse(update::reason_of(verdict));
  } else if (request.ask == ImageAsk::kOffer) {
    receiver.accept(verdict.offset);
  } else {
    receiver.accept();
  }
  return {};
}

}  // namespace aiot::device
