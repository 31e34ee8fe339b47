// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Takes arbitrary bytes for a sealed message. Whatever is accepted lies inside of the message and
// has one form only: the same values written again are the same bytes. The keys give codes of
// zeros, so that the fuzzer gets behind the seal of batches, acknowledgements and answers.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "aiot/link/commands.hpp"
#include "aiot/link/sealed.hpp"
#include "aiot/record/cose.hpp"

namespace {

using namespace aiot;

class ZeroKeys {
 public:
  Result<Bytes> public_key(hal::KeyId) noexcept { return Error::kEmpty; }

  Status sign(hal::KeyId, Bytes, MutableBytes) noexcept { return Error::kEmpty; }

  Status mac(hal::KeyId, Bytes, MutableBytes out) noexcept {
    std::ranges::fill(out, std::byte{0});
    return {};
  }
};

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void is_inside(Bytes part, Bytes whole) {
  require(part.empty() || (part.data() >= whole.data() &&
                           part.data() + part.size() <= whole.data() + whole.size()));
}

void check_form(Bytes message) {
  const record::CoseView view = record::decode_cose(message);
  is_inside(view.protected_headers, message);
  is_inside(view.payload, message);
  is_inside(view.seal, message);
  is_inside(view.headers.kid, message);
  is_inside(view.headers.aiot, message);
  if (!view.ok()) {
    return;
  }
  require(view.seal.size() == record::cose_seal_bytes(view.kind));
  std::vector<std::byte> again(message.size());
  const Bytes head =
      *record::encode_cose_message(view.kind, view.protected_headers, view.payload.size(), again);
  const MutableBytes behind = MutableBytes(again).subspan(head.size());
  std::ranges::copy(view.payload, behind.begin());
  const Bytes tail = *record::encode_cose_seal(view.seal, behind.subspan(view.payload.size()));
  require(head.size() + view.payload.size() + tail.size() == message.size() &&
          std::ranges::equal(again, message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes message(reinterpret_cast<const std::byte*>(data), size);
  check_form(message);
  ZeroKeys keys;
  constexpr link::SealConfig kConfig{.device = "pump-7"};
  std::vector<std::byte> room(size + link::kBatchSealBytes);
  const link::OpenedBatch opened = link::open_batch(message, kConfig, keys, room);
  if (opened.ok()) {
    is_inside(opened.batch.payload, message);
    // Sealed again it has the same bytes, unless somebody added a header or an element.
    std::vector<std::byte> out(opened.batch.payload.size() + link::kBatchSealBytes);
    const link::SealConfig config{.device = kConfig.device, .run = opened.run};
    const Result<Bytes> again = link::seal_batch(opened.batch, config, keys, out);
    require(again.ok() && again->size() <= size);
    require(again->size() < size || std::ranges::equal(*again, message));
  }
  if (const link::OpenedAck ack = link::open_ack(message, kConfig, keys); ack.ok()) {
    std::array<std::byte, link::kMaxReplyBytes> out{};
    const Result<Bytes> again = link::seal_ack(ack.value, kConfig, keys, out);
    require(again.ok() && again->size() <= size);
  }
  if (const link::OpenedAnswer answer = link::open_answer(message, kConfig, keys); answer.ok()) {
    require(answer.answer.fault == link::CommandFault::kNone ||
            answer.answer.error == Error::kNone);
  }
  require(link::claimed_device(message).size() <= size);
  return 0;
}
