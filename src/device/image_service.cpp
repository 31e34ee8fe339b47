// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/image_service.hpp"

#include "src/device/serve_images.hpp"

namespace aiot::device {

Status ImageService::step(hal::TransportRef link, Instant now) noexcept {
  return serve_images(receiver_, updates_, link, now);
}

}  // namespace aiot::device
