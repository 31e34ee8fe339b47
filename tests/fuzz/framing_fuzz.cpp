// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Gives arbitrary bytes to a receiver of images, as they are and as the payload of a frame, so that
// the fuzzer gets behind the checksum: it may not write outside its buffer, and hands out blocks in
// order only.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "aiot/link/image_transfer.hpp"

namespace {

using namespace aiot;

void feed(link::ImageReceiver& receiver, Bytes in, std::uint32_t& next) {
  while (!in.empty()) {
    in = in.subspan(receiver.take(in));
    const link::ImageRequest request = receiver.request();
    if (request.ask == link::ImageAsk::kBlock && request.offset != next) {
      std::abort();
    }
    if (request.ask != link::ImageAsk::kNothing) {
      next = request.ask == link::ImageAsk::kOffer
                 ? 0
                 : next + static_cast<std::uint32_t>(request.bytes.size());
      receiver.accept();
    }
    receiver.sent(receiver.output().size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<std::byte, link::receiver_bytes(64, 64)> buffer{};
  std::array<std::byte, link::frame_bytes(255)> frame{};
  link::ImageReceiver receiver(buffer);
  std::uint32_t next = 0;
  const Bytes all(reinterpret_cast<const std::byte*>(data), size);
  feed(receiver, all, next);
  for (std::size_t at = 0; at < size;) {
    const std::size_t length = data[at] < size - at - 1 ? data[at] : size - at - 1;
    link::FrameEncoder encoder(frame);
    encoder.add(all.subspan(at + 1, length));
    feed(receiver, *encoder.finish(), next);
    at += 1 + length;
  }
  return 0;
}
